import torch
from torch import nn


class Deep(nn.Module):
    def __init__(self, width=40, depth=6):
        super().__init__()
        sizes = [5] + [width] * depth
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.out = nn.Linear(width, 1)
        for p in self.parameters():
            p.data.uniform_(-0.01, 0.01)

    def forward(self, x):
        for layer in self.layers:
            x = torch.tanh(layer(x))
        return self.out(x)


torch.manual_seed(7)
x = torch.randn(1000, 5)
y = x[:, :1] * x[:, 1:2] + x[:, 2:3]
net = Deep()
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(20):
    total = 0.0
    for idx in torch.randperm(1000).split(50):
        loss = nn.functional.mse_loss(net(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        total += loss.item()
    print("epoch", epoch, "mse", round(total / 20, 4))
