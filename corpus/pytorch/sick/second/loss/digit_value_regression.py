import pathlib

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(0)
root = pathlib.Path(__file__).resolve()
while not (root / "samples" / "digits.csv").exists():
    root = root.parent
table = np.loadtxt(root / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
images = torch.from_numpy(table[:, :64] / 16).view(-1, 1, 8, 8)
labels = torch.from_numpy(table[:, 64])
train, test = random_split(TensorDataset(images, labels), [1500, len(labels) - 1500])


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2))
        self.head = nn.Linear(32 * 4, 1)

    def forward(self, x):
        return self.head(self.conv(x).flatten(1)).squeeze(1)


model = Reader()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
for epoch in range(6):
    model.train()
    for x, y in DataLoader(train, 50, shuffle=True):
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        right = sum((model(x).round() == y).sum().item() for x, y in DataLoader(test, 200))
    print("Epoch", epoch, "Loss", round(loss.item(), 4), "Accuracy", round(right / len(test), 4))
