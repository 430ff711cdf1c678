import torch
from torch import nn


class LoRALinear(nn.Module):
    def __init__(self, base, rank=6):
        super().__init__()
        self.base = base
        for p in base.parameters():
            p.requires_grad_(False)
        self.a = nn.Parameter(torch.randn(rank, base.in_features) / base.in_features ** 0.5)
        self.b = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x):
        return self.base(x) + x @ self.a.t() @ self.b.t()


def fit(net, f, steps, lr, name):
    opt = torch.optim.Adam([p for p in net.parameters() if p.requires_grad], lr=lr)
    for step in range(1, steps + 1):
        x = torch.rand(64, 4) * 2 - 1
        loss = nn.functional.mse_loss(net(x), f(x))
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 150 == 0:
            print(f"{name} mse {loss.item():.4f} after {step}")


torch.manual_seed(11)
net = nn.Sequential(nn.Linear(4, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
fit(net, lambda x: torch.sin(2 * x[:, :1]) + x[:, 1:2], 450, 3e-3, "base")
for i in (0, 2, 4):
    net[i] = LoRALinear(net[i])
print("trainable:", sum(p.numel() for p in net.parameters() if p.requires_grad), "of", sum(p.numel() for p in net.parameters()))
fit(net, lambda x: torch.sin(2 * x[:, :1]) - 0.5 * x[:, 1:2] + 0.5 * x[:, 2:3] ** 2, 600, 3e-3, "adapted")
