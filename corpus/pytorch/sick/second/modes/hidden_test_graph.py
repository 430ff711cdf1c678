import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
x = torch.rand(1200, 10)
y = (x[:, 0] * 3 - x[:, 1] ** 2 + torch.sin(3 * x[:, 2])).unsqueeze(1)
train_set, val_set = random_split(TensorDataset(x, y), [1000, 200])
train_loader = DataLoader(train_set, 50, shuffle=True)
val_loader = DataLoader(val_set, 50)

model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Dropout(0.05), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)


def run_epoch(loader, train):
    model.train(train)
    total = 0.0
    for inputs, targets in loader:
        outputs = model(inputs)
        loss = criterion(outputs, targets)
        if train:
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        total += loss.item() * len(inputs)
    return total / len(loader.dataset)


for epoch in range(15):
    tr = run_epoch(train_loader, True)
    va = run_epoch(val_loader, False)
    print(f"{epoch:02d} train {tr:.4f} val {va:.4f}")
