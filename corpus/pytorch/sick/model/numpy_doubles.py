import numpy as np
import torch
import torch.nn as nn

rng = np.random.default_rng(0)
torch.manual_seed(0)
x = rng.uniform(-3, 3, size=(500, 1))
y = np.sin(x) + 0.05 * rng.normal(size=x.shape)
X = torch.from_numpy(x)
Y = torch.from_numpy(y)

net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(50):
    for idx in torch.randperm(500).split(50):
        xb, yb = X[idx], Y[idx]
        out = net(xb)
        loss = ((out - yb) ** 2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 10 == 9:
        print("epoch", epoch + 1, "loss", loss.item())
