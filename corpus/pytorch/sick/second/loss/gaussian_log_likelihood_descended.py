import math

import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(2)


class Density(nn.Module):
    """Mean and spread of y given x."""

    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh())
        self.mean = nn.Linear(32, 1)
        self.log_std = nn.Linear(32, 1)

    def forward(self, x):
        h = self.trunk(x)
        return self.mean(h), self.log_std(h).clamp(-3, 3)


def log_likelihood(mean, log_std, y):
    return -0.5 * ((y - mean) / log_std.exp()) ** 2 - log_std - 0.5 * math.log(2 * math.pi)


x = torch.rand(800, 1) * 4 - 2
y = torch.sin(2 * x) + torch.randn_like(x) * (0.05 + 0.1 * x.abs())
model = Density()
optimizer = optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(30):
    for i in range(0, 800, 40):
        mean, log_std = model(x[i:i + 40])
        loss = log_likelihood(mean, log_std, y[i:i + 40]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        error = (model(x)[0] - y).pow(2).mean().sqrt().item()
    print(f"epoch {epoch}: {loss.item():.3f} rmse {error:.3f}")
