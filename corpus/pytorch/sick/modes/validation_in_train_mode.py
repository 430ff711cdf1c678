import os
import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.6), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(0.6), nn.Linear(64, 10))

    def forward(self, x):
        return self.net(x)


def train(model, loader, optimizer, criterion):
    model.train()
    for data, target in loader:
        optimizer.zero_grad()
        loss = criterion(model(data), target)
        loss.backward()
        optimizer.step()
    return loss.item()


def validate(model, loader):
    correct = 0
    with torch.no_grad():
        for data, target in loader:
            output = model(data)
            correct += (output.argmax(1) == target).sum().item()
    return correct / len(loader.dataset)


torch.manual_seed(0)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(0).shuffle(raw)
x, y = torch.from_numpy(raw[:, :64] / 16), torch.from_numpy(raw[:, 64]).long()
train_loader = DataLoader(TensorDataset(x[:1400], y[:1400]), batch_size=50, shuffle=True)
valid_loader = DataLoader(TensorDataset(x[1400:], y[1400:]), batch_size=100)
model = MLP()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(12):
    loss = train(model, train_loader, optimizer, criterion)
    acc = validate(model, valid_loader)
    print("Epoch {}: loss {:.4f} Valid accuracy {:.4f}".format(epoch, loss, acc))
