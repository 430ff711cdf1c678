"""Energy of a double pendulum pose, a network written with bare parameters."""
import torch
from torch import nn


class Bare(nn.Module):
    def __init__(self, n_in, hidden):
        super().__init__()
        self.w1 = nn.Parameter(torch.full((n_in, hidden), 0.1))
        self.b1 = nn.Parameter(torch.zeros(hidden))
        self.w2 = nn.Parameter(torch.ones(hidden, 1) / hidden)
        self.b2 = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return torch.tanh(x @ self.w1 + self.b1) @ self.w2 + self.b2


torch.manual_seed(37)
angles = (torch.rand(1000, 2) * 2 - 1) * 3
height = -(2 * angles[:, :1].cos() + angles[:, 1:].cos()) / 2
model = Bare(2, 24)
optim = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(60):
    for pick in torch.randperm(1000).split(100):
        loss = torch.mean((model(angles[pick]) - height[pick]) ** 2)
        optim.zero_grad()
        loss.backward()
        optim.step()
    if epoch % 10 == 9:
        print("epoch=%d mse=%.5f" % (epoch + 1, loss.item()))
