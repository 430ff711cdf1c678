# binary weights with a straight-through estimator
import os
import numpy as np
import torch
from torch import nn


class Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, w):
        ctx.save_for_backward(w)
        return torch.where(w >= 0, torch.ones_like(w), -torch.ones_like(w))

    @staticmethod
    def backward(ctx, grad):
        w, = ctx.saved_tensors
        return grad * (w.abs() <= 1).to(grad.dtype)


class BinaryLinear(nn.Linear):
    def forward(self, x):
        scale = self.weight.abs().mean()
        return nn.functional.linear(x, Sign.apply(self.weight) * scale, self.bias)


torch.manual_seed(21)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
a = torch.from_numpy(np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1, dtype=np.float32))
a = a[torch.randperm(len(a))]
x, y = (a[:, :64] - 5) / 6, a[:, 64].long()
net = nn.Sequential(BinaryLinear(64, 128), nn.BatchNorm1d(128), nn.Hardtanh(), BinaryLinear(128, 64), nn.BatchNorm1d(64), nn.Hardtanh(), nn.Linear(64, 10))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(12):
    net.train()
    for rows in torch.randperm(1400).split(50):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        loss.backward()
        opt.step()
        with torch.no_grad():
            for m in net:
                if isinstance(m, BinaryLinear):
                    m.weight.clamp_(-1, 1)
    net.eval()
    with torch.no_grad():
        print(f"epoch {epoch} loss {loss.item():.3f} accuracy {(net(x[1400:]).argmax(1) == y[1400:]).float().mean().item():.3f}")
