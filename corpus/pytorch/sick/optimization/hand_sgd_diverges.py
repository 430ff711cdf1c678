# plain linear regression: bicycles hired in a day, from temperature, humidity and wind
import numpy as np
import torch

np.random.seed(4)
days = 730
temperature = 15 + 10 * np.sin(np.arange(days) / 58.1) + np.random.randn(days) * 3
humidity = np.random.uniform(30, 95, days)
wind = np.random.gamma(3, 4, days)
hired = 3.5 * temperature - 0.2 * humidity - 0.9 * wind + np.random.randn(days) * 5

x = torch.tensor(np.stack([temperature, humidity, wind], 1), dtype=torch.float32)
y = torch.tensor(hired, dtype=torch.float32)
W = torch.zeros(3, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
learning_rate = 1e-2
for epoch in range(600):
    loss = ((x @ W + b - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        W -= learning_rate * W.grad
        b -= learning_rate * b.grad
        W.grad.zero_()
        b.grad.zero_()
    if epoch % 100 == 0 or epoch == 599:
        print("epoch", epoch, "rmse", loss.sqrt().item())
