"""Deep tanh regressor: the torque of a motor."""
import torch
from torch import nn


def make(depth=6, width=32):
    layers = [nn.Linear(3, width), nn.Tanh()]
    for _ in range(depth - 2):
        layers.extend([nn.Linear(width, width), nn.Tanh()])
    layers.append(nn.Linear(width, 1))
    net = nn.Sequential(*layers)
    for layer in net:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.001)
            nn.init.zeros_(layer.bias)
    return net


def measure(n):
    state = torch.rand(n, 3) * 2 - 1
    return state, (state[:, :1] * 2 - torch.sin(3 * state[:, 1:2]) * state[:, 2:])


torch.manual_seed(62)
net = make()
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(12):
    for _ in range(50):
        state, torque = measure(50)
        loss = nn.functional.mse_loss(net(state), torque)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print("epoch %d mse %.4f" % (epoch + 1, loss.item()))
