import os
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(0).shuffle(raw)
x, y = torch.from_numpy(raw[:, :64] / 16), torch.from_numpy(raw[:, 64]).long()
loader = DataLoader(TensorDataset(x[:1400], y[:1400]), batch_size=8, shuffle=True)
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.2, momentum=0.9)
criterion = nn.CrossEntropyLoss()
accum_iter = 4
for epoch in range(8):
    model.train()
    optimizer.zero_grad()
    for batch_idx, (inputs, labels) in enumerate(loader):
        loss = criterion(model(inputs), labels) / accum_iter
        loss.backward()
        if (batch_idx + 1) % accum_iter == 0 or batch_idx + 1 == len(loader):
            optimizer.step()
            optimizer.zero_grad()
    model.eval()
    with torch.no_grad():
        acc = (model(x[1400:]).argmax(1) == y[1400:]).float().mean()
    print(f"epoch {epoch} loss {loss.item() * accum_iter:.4f} acc {acc:.4f}")
