import math
import torch
from torch import nn


class Coupling(nn.Module):
    def __init__(self, flip):
        super().__init__()
        self.flip = flip
        self.net = nn.Sequential(nn.Linear(1, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 2))
        # starts as the identity
        nn.init.zeros_(self.net[-1].weight)
        nn.init.zeros_(self.net[-1].bias)

    def forward(self, x):
        a, b = (x[:, 1:], x[:, :1]) if self.flip else (x[:, :1], x[:, 1:])
        s, t = self.net(a).chunk(2, dim=1)
        s = torch.tanh(s)
        b = b * s.exp() + t
        return (torch.cat([b, a], 1) if self.flip else torch.cat([a, b], 1)), s.sum(1)


class Flow(nn.Module):
    def __init__(self, n=6):
        super().__init__()
        self.layers = nn.ModuleList(Coupling(i % 2 == 1) for i in range(n))

    def log_prob(self, x):
        total = 0
        for layer in self.layers:
            x, logdet = layer(x)
            total = total + logdet
        return total - 0.5 * (x ** 2).sum(1) - math.log(2 * math.pi)


def moons(n):
    up = torch.rand(n) < 0.5
    a = torch.rand(n) * math.pi
    x = torch.where(up, a.cos(), 1 - a.cos()) - 0.5
    y = torch.where(up, a.sin(), 0.5 - a.sin()) - 0.25
    return torch.stack([x, y], 1) * 1.5 + 0.08 * torch.randn(n, 2)


torch.manual_seed(2)
flow = Flow()
opt = torch.optim.Adam(flow.parameters(), lr=3e-3)
for step in range(1, 601):
    nll = -flow.log_prob(moons(200)).mean()
    opt.zero_grad()
    nll.backward()
    torch.nn.utils.clip_grad_norm_(flow.parameters(), 5.0)
    opt.step()
    if step % 100 == 0:
        print("step", step, "nll %.3f" % nll.item())
