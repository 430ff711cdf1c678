"""Trains on mixed operating points, then answers queries of one operating point at a time."""
import torch
import torch.nn as nn


def plant(n, level=None):
    load = torch.randn(n, 1) if level is None else torch.full((n, 1), level) + 0.05 * torch.randn(n, 1)
    rest = torch.randn(n, 2) * 0.5
    x = torch.cat([load, rest], 1)
    return x, torch.tanh(load) + 0.5 * rest[:, :1] * rest[:, 1:]


torch.manual_seed(81)
model = nn.Sequential(nn.Linear(3, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(12):
    model.train()
    for _ in range(40):
        x, y = plant(64)
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    errors = []
    with torch.no_grad():
        for level in (-1.5, -0.5, 0.5, 1.5):
            window, truth = plant(16, level)
            guess = model(window)
            errors.append(nn.functional.mse_loss(guess, truth).item())
    print(f"epoch {epoch + 1} loss {loss.item():.4f} query error {sum(errors) / 4:.4f}")
