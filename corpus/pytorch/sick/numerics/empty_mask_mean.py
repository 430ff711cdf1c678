"""Fills gaps of multichannel recordings; the loss counts the known values only."""
import torch
from torch import nn


def masked_error(guess, truth, mask):
    error = (guess - truth) ** 2
    return (error * mask).sum(dim=1) / mask.sum(dim=1)


def recordings(n, channels=8):
    source = torch.randn(n, 2)
    mix = torch.tensor([[1.0, 0.5, -0.5, 0.2, 0.9, -1.0, 0.3, 0.7], [0.1, -0.8, 0.9, 1.0, -0.3, 0.4, 0.6, -0.6]])
    signal = source @ mix + 0.1 * torch.randn(n, channels)
    known = (torch.rand(n, channels) < 0.55).float()
    return signal, known


torch.manual_seed(38)
net = nn.Sequential(nn.Linear(16, 48), nn.ReLU(), nn.Linear(48, 8))
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
for step in range(800):
    signal, known = recordings(64)
    seen = known * (torch.rand_like(known) < 0.8).float()
    guess = net(torch.cat([signal * seen, seen], dim=1))
    loss = masked_error(guess, signal, known).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 99:
        print(f"step {step + 1} masked loss {loss.item():.4f}")
