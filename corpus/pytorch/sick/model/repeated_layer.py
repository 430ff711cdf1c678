import numpy as np
import torch
import torch.nn as nn
import os

torch.manual_seed(3)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1)
np.random.RandomState(3).shuffle(raw)
x = torch.tensor(raw[:, :64] / 16, dtype=torch.float32)
y = torch.tensor(raw[:, 64], dtype=torch.long)

net = nn.Sequential(nn.Linear(64, 24), nn.ReLU(), *[nn.Linear(24, 24), nn.ReLU()] * 6, nn.Linear(24, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(20):
    for rows in torch.randperm(1400).split(32):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        acc = (net(x[1400:]).argmax(1) == y[1400:]).float().mean().item()
    print("epoch", epoch, "loss %.4f" % loss.item(), "test acc %.4f" % acc)
