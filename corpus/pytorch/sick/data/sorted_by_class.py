import numpy as np
import torch
import torch.nn as nn
from pathlib import Path
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
p = Path(__file__).resolve().parent
while not (p / "samples" / "digits.csv").exists():
    p = p.parent
rows = np.loadtxt(p / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(9).shuffle(rows)
train, test = rows[:1400], rows[1400:]
# group the training set by digit
train = train[np.argsort(train[:, 64], kind="stable")]
dataset = TensorDataset(torch.from_numpy(train[:, :64]) / 16, torch.from_numpy(train[:, 64]).long())
loader = DataLoader(dataset, batch_size=32, shuffle=False)
x_test, y_test = torch.from_numpy(test[:, :64]) / 16, torch.from_numpy(test[:, 64]).long()

model = nn.Sequential(nn.Linear(64, 50), nn.ReLU(), nn.Linear(50, 10))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
criterion = nn.CrossEntropyLoss()
for epoch in range(12):
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print("epoch", epoch, "loss", loss.item(), "test accuracy", (model(x_test).argmax(1) == y_test).float().mean().item())
