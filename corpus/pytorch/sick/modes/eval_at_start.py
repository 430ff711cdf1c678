"""Fuel use from engine data."""
import torch
from torch import nn


def build():
    return nn.Sequential(
        nn.Linear(6, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.1),
        nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 1))


torch.manual_seed(91)
x = torch.randn(1000, 6)
fuel = 6 + 1.5 * x[:, 0] + torch.relu(x[:, 1]) * 2 + x[:, 2] * x[:, 3] + 0.2 * torch.randn(1000)
net = build().eval()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(15):
    for chunk in torch.randperm(800).split(40):
        loss = (net(x[chunk]).squeeze(1) - fuel[chunk]).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        rmse = (net(x[800:]).squeeze(1) - fuel[800:]).pow(2).mean().sqrt()
    print(f"epoch {epoch} train loss {loss.item():.4f} validation rmse {rmse.item():.4f}")
