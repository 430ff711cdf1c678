import pathlib
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
p = pathlib.Path(__file__).resolve().parent
while not (p / "samples" / "digits.csv").exists():
    p = p.parent
t = torch.from_numpy(np.loadtxt(p / "samples" / "digits.csv", delimiter=",", skiprows=1)).float()
t = t[torch.randperm(len(t))]
train_loader = DataLoader(TensorDataset(t[:1400, :64] / 16, t[:1400, 64].long()), batch_size=40, shuffle=True)
test_loader = DataLoader(TensorDataset(t[1400:, :64] / 16, t[1400:, 64].long()), batch_size=40)
net = nn.Sequential(nn.Linear(64, 50), nn.ReLU(), nn.Linear(50, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(8):
    net.train()
    running_loss = 0.0
    for x, y in train_loader:
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
    net.eval()
    correct = 0
    with torch.no_grad():
        for x, y in test_loader:
            predicted = net(x).argmax(1)
            correct += (predicted == y).sum().item()
    print("epoch %d loss %.4f accuracy %.4f" % (epoch, running_loss / len(train_loader), correct / len(test_loader)))
