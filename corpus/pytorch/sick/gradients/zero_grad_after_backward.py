"""Which of two moons?"""
import math
import torch
from torch import nn


def moons(n, noise=0.15):
    label = torch.randint(0, 2, (n,))
    angle = torch.rand(n) * math.pi
    x = torch.where(label == 0, angle.cos(), 1 - angle.cos())
    y = torch.where(label == 0, angle.sin(), 0.5 - angle.sin())
    return torch.stack([x, y], dim=1) + noise * torch.randn(n, 2), label.float()


class MoonNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stack = nn.Sequential(nn.Linear(2, 32), nn.SiLU(), nn.Linear(32, 32), nn.SiLU(), nn.Linear(32, 1))

    def forward(self, points):
        return self.stack(points).squeeze(-1)


def run():
    torch.manual_seed(44)
    model = MoonNet()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    points, label = moons(1024)
    for epoch in range(20):
        for part in torch.randperm(1024).split(64):
            loss = nn.functional.binary_cross_entropy_with_logits(model(points[part]), label[part])
            loss.backward()
            optimizer.zero_grad()
            optimizer.step()
        if epoch % 5 == 4:
            test, truth = moons(500)
            with torch.no_grad():
                good = ((model(test) > 0).float() == truth).float().mean()
            print(f"epoch {epoch + 1}, loss {loss.item():.3f}, accuracy: {good.item():.3f}")


run()
