import numpy as np
import torch
import torch.nn as nn
from pathlib import Path
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(5)
p = Path(__file__).resolve()
while not (p / "samples" / "digits.csv").exists():
    p = p.parent
rows = np.loadtxt(p / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(5).shuffle(rows)
x_all, y_all = torch.from_numpy(rows[:, :64] / 16).view(-1, 1, 8, 8), torch.from_numpy(rows[:, 64]).long()
train_loader = DataLoader(TensorDataset(x_all[:1400], y_all[:1400]), batch_size=32, shuffle=True)
test_loader = DataLoader(TensorDataset(x_all[1400:], y_all[1400:]), batch_size=64)

model = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Dropout(0.3), nn.Linear(128, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.02, momentum=0.9)
criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    for x, y in train_loader:
        optimizer.zero_grad()
        output = model(x)
        loss = criterion(output, y)
        loss.backward()
        optimizer.step()
    model.eval()
    hits = 0
    with torch.no_grad():
        for x, y in test_loader:
            hits += (model(x).argmax(1) == y).sum().item()
    print(f"epoch {epoch} loss {loss.item():.4f} test acc {hits / len(test_loader.dataset):.4f}")
