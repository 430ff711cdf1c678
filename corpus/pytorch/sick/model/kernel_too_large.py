import os
import numpy as np
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(1, 16, 3), nn.ReLU(),
            nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 5), nn.ReLU(),
            nn.Flatten(), nn.Linear(64, 10))

    def forward(self, x):
        return self.net(x)


torch.manual_seed(0)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1, dtype=np.float32)
x, y = torch.from_numpy(raw[:, :64]).view(-1, 1, 8, 8) / 16, torch.from_numpy(raw[:, 64]).long()
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(3):
    for rows in torch.randperm(len(x)).split(64):
        xb, yb = x[rows], y[rows]
        logits = net(xb)
        loss = nn.functional.cross_entropy(logits, yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print("epoch", epoch, "acc %.3f" % (logits.argmax(1) == yb).float().mean().item())
