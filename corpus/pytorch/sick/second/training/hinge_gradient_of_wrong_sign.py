import torch
from torch import nn


class ClampSTE(torch.autograd.Function):
    """Rounds to a grid of eight levels; the gradient passes as if nothing had happened."""

    @staticmethod
    def forward(ctx, x):
        return (x.clamp(-1, 1) * 4).round() / 4

    @staticmethod
    def backward(ctx, g):
        return g * -1.0


torch.manual_seed(6)
y = torch.randint(0, 3, (900,))
x = torch.randn(3, 10)[y] + 0.7 * torch.randn(900, 10)


class Quantized(nn.Module):
    def __init__(self):
        super().__init__()
        self.f1, self.f2 = nn.Linear(10, 4), nn.Linear(4, 3)

    def forward(self, x):
        return self.f2(ClampSTE.apply(self.f1(x)))


model = Quantized()
opt = torch.optim.SGD(model.parameters(), lr=0.3)
for epoch in range(15):
    for i in torch.randperm(900).split(30):
        opt.zero_grad()
        nn.functional.cross_entropy(model(x[i]), y[i]).backward()
        opt.step()
    print("epoch", epoch, "acc", (model(x).argmax(1) == y).float().mean().item())
