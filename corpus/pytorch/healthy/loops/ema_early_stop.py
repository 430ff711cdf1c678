import copy
import torch
from torch import nn


class EMA:
    def __init__(self, model, decay=0.98):
        self.shadow = copy.deepcopy(model).eval()
        self.decay = decay
        for p in self.shadow.parameters():
            p.requires_grad_(False)

    @torch.no_grad()
    def update(self, model):
        for s, p in zip(self.shadow.parameters(), model.parameters()):
            s.mul_(self.decay).add_(p, alpha=1 - self.decay)


torch.manual_seed(9)
x = torch.rand(700, 3) * 4 - 2
y = torch.sin(x[:, :1] * 2) + x[:, 1:2] * x[:, 2:] * 0.5 + 0.2 * torch.randn(700, 1)
xt, yt, xv, yv = x[:550], y[:550], x[550:], y[550:]
model = nn.Sequential(nn.Linear(3, 64), nn.SiLU(), nn.Linear(64, 64), nn.SiLU(), nn.Linear(64, 1))
ema = EMA(model)
opt = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=1e-3)
best, wait, kept = float("inf"), 0, None
for epoch in range(60):
    for b in torch.randperm(len(xt)).split(32):
        loss = nn.functional.mse_loss(model(xt[b]), yt[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
        ema.update(model)
    with torch.no_grad():
        val = nn.functional.mse_loss(ema.shadow(xv), yv).item()
    if val < best - 1e-4:
        best, wait, kept = val, 0, copy.deepcopy(ema.shadow.state_dict())
    else:
        wait += 1
    if epoch % 5 == 0:
        print(f"epoch {epoch} train loss {loss.item():.4f} ema val loss {val:.4f}")
    if wait == 8:
        print("stopped at", epoch)
        break
print(f"best ema val loss {best:.4f}")
