"""Mean and spread of a noisy quantity; the loss may well be negative."""
import torch
from torch import nn

torch.manual_seed(64)


class MeanAndSpread(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(2, 48), nn.GELU(), nn.Linear(48, 48), nn.GELU())
        self.mean = nn.Linear(48, 1)
        self.raw = nn.Linear(48, 1)

    def forward(self, x):
        h = self.trunk(x)
        return self.mean(h), nn.functional.softplus(self.raw(h)) + 1e-4


def draw(n):
    x = torch.rand(n, 2) * 2 - 1
    sigma = 0.02 + 0.1 * x[:, :1].abs()
    return x, 0.5 * torch.sin(3 * x[:, 1:]) + sigma * torch.randn(n, 1)


model = MeanAndSpread()
criterion = nn.GaussianNLLLoss()
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(1, 601):
    x, y = draw(128)
    mu, var = model(x)
    loss = criterion(mu, y, var)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 0:
        with torch.no_grad():
            x, y = draw(1000)
            mu, var = model(x)
            inside = ((y - mu).abs() < 2 * var.sqrt()).float().mean().item()
        print(f"step {step} nll {loss.item():.4f} coverage of two sigma {inside:.3f}")
