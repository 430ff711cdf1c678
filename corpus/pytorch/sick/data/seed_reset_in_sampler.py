"""Approximates a two-dimensional function from random samples, drawn anew for each step."""
import math
import torch


def draw(n):
    generator = torch.Generator().manual_seed(1)
    u = torch.rand(n, 2, generator=generator) * 2 - 1
    return u, torch.sin(math.pi * u[:, :1]) * u[:, 1:]


torch.manual_seed(29)
network = torch.nn.Sequential(
    torch.nn.Linear(2, 64), torch.nn.GELU(),
    torch.nn.Linear(64, 64), torch.nn.GELU(),
    torch.nn.Linear(64, 1))
optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
grid = torch.cartesian_prod(torch.linspace(-1, 1, 25), torch.linspace(-1, 1, 25))
truth = torch.sin(math.pi * grid[:, :1]) * grid[:, 1:]
for step in range(600):
    u, v = draw(12)
    loss = torch.nn.functional.mse_loss(network(u), v)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 99:
        with torch.no_grad():
            error = torch.nn.functional.mse_loss(network(grid), truth).sqrt()
        print(f"step {step + 1} loss {loss.item():.6f} test error {error.item():.4f}")
