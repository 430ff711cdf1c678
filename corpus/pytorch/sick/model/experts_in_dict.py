"""One expert for each kind of customer, and a gate that scales them."""
import torch
import torch.nn as nn


class Experts(nn.Module):
    def __init__(self, names):
        super().__init__()
        self.gate = nn.Linear(3, len(names))
        self.experts = {name: nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 1)) for name in names}

    def forward(self, x):
        weights = torch.sigmoid(self.gate(x)) * 2
        answers = torch.cat([expert(x) for expert in self.experts.values()], dim=1)
        return (weights * answers).sum(dim=1)


def customers(n):
    x = torch.randn(n, 3)
    return x, torch.where(x[:, 0] > 0, 2 * x[:, 1], -x[:, 2].abs()) + 0.5 * x[:, 0]


torch.manual_seed(59)
model = Experts(["private", "business", "public"])
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(1, 1001):
    x, spent = customers(64)
    error = model(x) - spent
    loss = (error ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 200 == 0:
        print(f"{step:5d} loss {loss.item():.4f} mae {error.abs().mean().item():.4f}")
