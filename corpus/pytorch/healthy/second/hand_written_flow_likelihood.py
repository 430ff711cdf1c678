import math

import torch
import torch.nn as nn

torch.manual_seed(5)


class Mixture(nn.Module):
    def __init__(self, k=4):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(k))
        self.mean = nn.Parameter(torch.randn(k, 2))
        self.log_std = nn.Parameter(torch.zeros(k))

    def log_prob(self, x):
        d = ((x[:, None] - self.mean) ** 2).sum(-1) / self.log_std.exp() ** 2
        parts = -0.5 * d - 2 * self.log_std - math.log(2 * math.pi) + torch.log_softmax(self.weight, 0)
        return torch.logsumexp(parts, 1)


centres = torch.tensor([[1.5, 1.5], [-1.5, 1.5], [0.0, -1.5]])
x = centres[torch.randint(0, 3, (1500,))] + 0.05 * torch.randn(1500, 2)
model = Mixture()
opt = torch.optim.Adam(model.parameters(), lr=0.03)
for step in range(600):
    loss = -model.log_prob(x[torch.randint(0, 1500, (100,))]).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 99:
        print("step", step + 1, "negative log likelihood", loss.item())
