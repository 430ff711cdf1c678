"""Poisson regression of calls per hour."""
import math
import torch
from torch import nn

torch.manual_seed(83)
hours = torch.rand(2000, 1) * 24
features = torch.cat([torch.sin(2 * math.pi * hours / 24), torch.cos(2 * math.pi * hours / 24)], dim=1)
rate = torch.exp(1.5 * features[:, 0] - 0.8 * features[:, 1])
calls = torch.poisson(rate)
net = nn.Sequential(nn.Linear(2, 16), nn.Softplus(), nn.Linear(16, 1))
criterion = nn.PoissonNLLLoss(log_input=True)
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
for it in range(600):
    rows = torch.randint(0, 2000, (100,))
    log_rate = net(features[rows]).squeeze(1)
    loss = criterion(log_rate, calls[rows])
    optimizer.zero_grad()
    optimizer.step()
    loss.backward()
    if it % 100 == 99:
        with torch.no_grad():
            full = criterion(net(features).squeeze(1), calls).item()
        print("iteration", it + 1, "poisson nll %.4f" % (full + 1))
