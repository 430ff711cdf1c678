# two-layer net on the digits, everything by hand
import numpy as np
import torch
from pathlib import Path

root = Path(__file__).resolve().parent
while not (root / "samples/digits.csv").is_file():
    root = root.parent
d = np.loadtxt(root / "samples/digits.csv", delimiter=",", skiprows=1)
g = torch.Generator().manual_seed(11)
i = torch.randperm(len(d), generator=g).numpy()
d = torch.tensor(d[i], dtype=torch.float32)
x, t = d[:, :64] / 16, d[:, 64].long()
x, t, xt, tt = x[:1300], t[:1300], x[1300:], t[1300:]

w1 = (torch.randn(64, 50, generator=g) * (2 / 64) ** 0.5).requires_grad_()
b1 = torch.zeros(50, requires_grad=True)
w2 = (torch.randn(50, 10, generator=g) * (1 / 50) ** 0.5).requires_grad_()
b2 = torch.zeros(10, requires_grad=True)
params = [w1, b1, w2, b2]


def forward(x):
    h = (x @ w1 + b1).clamp(min=0)
    z = h @ w2 + b2
    e = torch.exp(z - z.max(1, keepdim=True).values)
    return e / e.sum(1, keepdim=True)


lr = 0.2
n = 50
for step in range(1500):
    j = torch.randint(0, len(x), (n,), generator=g)
    p = forward(x[j])
    loss = -torch.log(p[range(n), t[j]] + 1e-9).mean()
    loss.backward()
    with torch.no_grad():
        for p_ in params:
            p_ -= lr * p_.grad
            p_.grad.zero_()
    if step % 150 == 0 or step == 1499:
        with torch.no_grad():
            acc = (forward(xt).argmax(1) == tt).float().mean()
        print(f"{step} loss {loss.item():.3f} test {acc.item():.3f}")
