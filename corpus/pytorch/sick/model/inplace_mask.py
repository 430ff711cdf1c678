# softplus-like features by hand, functional style
import math
import torch

torch.manual_seed(2)
weights = {
    "in": torch.randn(3, 30) * 0.5,
    "bias": torch.zeros(30),
    "out": torch.randn(30, 1) * 0.1,
}
for w in weights.values():
    w.requires_grad_(True)


def network(x):
    features = x @ weights["in"] + weights["bias"]
    energy = features.exp()
    energy.clamp_(min=0.1)
    return energy.log1p() @ weights["out"]


optimizer = torch.optim.Adam(weights.values(), lr=0.01)
for step in range(600):
    x = torch.rand(64, 3) * 2 - 1
    target = torch.cos(math.pi * x[:, :1]) + x[:, 1:2] * x[:, 2:]
    loss = (network(x) - target).pow(2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 99:
        print(f"step {step + 1}: rmse {loss.sqrt().item():.4f}")
