"""Two towers for two views of the same thing, symmetric contrastive loss with a learned temperature."""
import math
import torch
from torch import nn
import torch.nn.functional as F


class Tower(nn.Module):
    def __init__(self, n_in, dim=16):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_in, 64), nn.ReLU(), nn.Linear(64, dim))

    def forward(self, x):
        return F.normalize(self.net(x), dim=-1)


def things(n, A, B):
    hidden = torch.randn(n, 6)
    return torch.tanh(hidden @ A) + 0.1 * torch.randn(n, 20), torch.sin(hidden @ B) + 0.1 * torch.randn(n, 30)


torch.manual_seed(32)
A, B = torch.randn(6, 20) * 0.7, torch.randn(6, 30) * 0.7
left, right = Tower(20), Tower(30)
log_scale = nn.Parameter(torch.tensor(math.log(5.0)))
optimizer = torch.optim.AdamW([{"params": [*left.parameters(), *right.parameters()]}, {"params": [log_scale], "weight_decay": 0.0}], lr=2e-3)
for step in range(1, 501):
    a, b = things(128, A, B)
    logits = log_scale.exp().clamp(max=100) * left(a) @ right(b).t()
    target = torch.arange(len(a))
    loss = (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        with torch.no_grad():
            a, b = things(100, A, B)
            found = ((left(a) @ right(b).t()).argmax(1) == torch.arange(100)).float().mean()
        print(f"step {step} loss {loss.item():.3f} scale {log_scale.exp().item():.2f} retrieval {found.item():.3f}")
