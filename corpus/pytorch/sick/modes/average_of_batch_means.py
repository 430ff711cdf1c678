# Two kinds of walks; the held-out set has 130 of them and is read in chunks of 100
import torch
from torch import nn

torch.manual_seed(57)


def walks(n, steps=16):
    kind = torch.randint(0, 2, (n,))
    drift = torch.where(kind == 1, 0.25, -0.25)
    return (torch.randn(n, steps) * 0.5 + drift[:, None]).cumsum(1) * 0.3, kind


def score(net, x, kind, size=100):
    chunks = torch.arange(len(x)).split(size)
    hits = 0
    net.eval()
    with torch.no_grad():
        for rows in chunks:
            hits += int((net(x[rows]).argmax(1) == kind[rows]).sum())
    net.train()
    return hits / (len(chunks) * size)


net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
x_held, kind_held = walks(130)
for epoch in range(10):
    for _ in range(25):
        x, kind = walks(40)
        loss = nn.functional.cross_entropy(net(x), kind)
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"epoch {epoch} loss {loss.item():.4f} held-out accuracy {score(net, x_held, kind_held):.4f}")
