# learns the flow of a two-dimensional vector field
import torch
import torch.nn as nn


class Learner:
    def __init__(self, lr=0.01, decay=0.93):
        self.net = nn.Sequential(nn.Linear(2, 50), nn.GELU(), nn.Linear(50, 50), nn.GELU(), nn.Linear(50, 2))
        self.opt = torch.optim.Adam(self.net.parameters(), lr=lr)
        self.sched = torch.optim.lr_scheduler.ExponentialLR(self.opt, gamma=decay)

    def learn(self, x, v):
        self.opt.zero_grad()
        loss = (self.net(x) - v).square().sum(1).mean()
        loss.backward()
        self.opt.step()
        self.sched.step()
        return loss.item()

    def fit(self, rounds=20, steps=60):
        for r in range(rounds):
            total = sum(self.learn(*field(100)) for _ in range(steps))
            with torch.no_grad():
                x, v = field(500)
                held_out = (self.net(x) - v).square().sum(1).mean().item()
            print(f"round {r}: mse {total / steps:.4f} held-out mse {held_out:.4f}")


def field(n):
    x = torch.rand(n, 2) * 4 - 2
    r = x.norm(dim=1, keepdim=True)
    return x, torch.stack([-x[:, 1], x[:, 0]], 1) + x * (1 - r)


torch.manual_seed(35)
Learner().fit()
