"""Multidimensional scaling by a network: distances in the plane shall match those of the data."""
import torch
from torch import nn


def distances(a, b):
    return torch.sqrt(((a[:, None] - b[None]) ** 2).sum(-1))


torch.manual_seed(58)
angle = torch.rand(300) * 6.28
height = torch.rand(300)
cylinder = torch.stack([angle.cos(), angle.sin(), 0.1 * height, 0.1 * angle], 1)
encoder = nn.Sequential(nn.Linear(4, 32), nn.Tanh(), nn.Linear(32, 2))
opt = torch.optim.Adam(encoder.parameters(), lr=5e-3)
for it in range(300):
    rows = torch.randint(0, 300, (50,))
    with torch.no_grad():
        target = distances(cylinder[rows], cylinder[rows])
    z = encoder(cylinder[rows])
    d = distances(z, z)
    stress = ((d - target) ** 2).mean()
    opt.zero_grad()
    stress.backward()
    opt.step()
    if it % 60 == 59:
        print(f"iteration {it + 1} stress {stress.item():.5f}")
