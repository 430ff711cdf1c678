import torch
import torch.nn as nn


def make_model():
    return nn.Sequential(nn.Linear(8, 40), nn.Tanh(), nn.Linear(40, 1))


def train_step(model, x, y, lr=1e-3):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.95)
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


torch.manual_seed(50)
w = torch.randn(8, 1)
model = make_model()

mean = 0.0
for it in range(1500):
    x = torch.randn(32, 8)
    y = torch.sin(x @ w * 0.5)
    mean = 0.98 * mean + 0.02 * train_step(model, x, y)
    if it % 250 == 249:
        print("iteration %d, loss %.4f" % (it + 1, mean))
