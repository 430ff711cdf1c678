import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Sensors(Dataset):
    def __init__(self, features, labels):
        self.features = torch.as_tensor(features, dtype=torch.float32)
        self.labels = torch.as_tensor(labels, dtype=torch.long)

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.features[i], self.labels[i]


rng = np.random.default_rng(0)
torch.manual_seed(0)
labels = rng.integers(0, 4, 260)
features = rng.normal(size=(260, 30)) + 0.45 * np.eye(4, 30)[labels] * 3
train_set = Sensors(features[:160], labels[:160])
val_set = Sensors(features[160:], labels[160:])
train_loader = DataLoader(train_set, batch_size=16, shuffle=True)
val_loader = DataLoader(train_set, batch_size=32)

net = nn.Sequential(nn.Linear(30, 128), nn.ReLU(), nn.Linear(128, 4))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
ce = nn.CrossEntropyLoss()
for epoch in range(20):
    net.train()
    for xb, yb in train_loader:
        opt.zero_grad()
        loss = ce(net(xb), yb)
        loss.backward()
        opt.step()
    net.eval()
    good = seen = 0
    with torch.no_grad():
        for xb, yb in val_loader:
            good += (net(xb).argmax(1) == yb).sum().item()
            seen += len(yb)
    print(f"epoch {epoch} val accuracy {good / seen:.3f} on {seen}")
