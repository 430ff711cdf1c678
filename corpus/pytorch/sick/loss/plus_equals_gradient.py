"""Polynomial regression with gradient descent by hand."""
import math
import torch

dtype = torch.float
torch.manual_seed(23)
x = torch.linspace(-1, 1, 500, dtype=dtype)
y = torch.sin(math.pi * x) + 0.05 * torch.randn(500)
powers = torch.stack([x ** k for k in range(4)], dim=1)
weights = [(0.1 * torch.randn(1)).requires_grad_() for _ in range(4)]

lr = 0.05
for t in range(800):
    y_pred = sum(w * powers[:, k] for k, w in enumerate(weights))
    loss = (y_pred - y).pow(2).mean()
    if t % 100 == 99:
        print(f"{t + 1} mse: {min(loss.item(), 1e9):.5f}")
    loss.backward()
    with torch.no_grad():
        for w in weights:
            w += lr * w.grad
            w.grad = None
print("Result: " + " + ".join(f"{w.item():.3f} x^{k}" for k, w in enumerate(weights)))
