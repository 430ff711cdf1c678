import torch
import torch.nn as nn


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * torch.sigmoid(x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        s = torch.sigmoid(x)
        return -grad * s * (1 + x * (1 - s))


class Block(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.lin = nn.Linear(a, b)

    def forward(self, x):
        return Swish.apply(self.lin(x))


torch.manual_seed(0)
x = torch.randn(800, 4)
y = torch.sin(2 * x[:, :1]) + x[:, 1:2] * x[:, 2:3]
net = nn.Sequential(Block(4, 32), Block(32, 32), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=5e-3)
for epoch in range(30):
    total = 0.0
    for i in torch.randperm(800).split(40):
        loss = nn.functional.mse_loss(net(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    print("epoch", epoch, "mse", round(total / 20, 4))
