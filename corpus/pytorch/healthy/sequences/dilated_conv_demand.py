import numpy as np
import torch
import torch.nn as nn

np.random.seed(8)
torch.manual_seed(8)
HISTORY, HORIZON = 56, 7

# three years of daily sales: trend, week, year, noise
day = np.arange(3 * 365)
sales = 200 + 0.05 * day + 30 * np.sin(2 * np.pi * day / 7) + 40 * np.sin(2 * np.pi * day / 365.25) + np.random.normal(0, 6, len(day))
train_end = 900
mean, std = sales[:train_end].mean(), sales[:train_end].std()
z = (sales - mean) / std


class CausalConv(nn.Module):
    def __init__(self, cin, cout, dilation):
        super().__init__()
        self.pad = 2 * dilation
        self.conv = nn.utils.weight_norm(nn.Conv1d(cin, cout, 3, dilation=dilation))

    def forward(self, x):
        return torch.relu(self.conv(nn.functional.pad(x, (self.pad, 0))))


class TCN(nn.Module):
    def __init__(self, ch=24):
        super().__init__()
        self.net = nn.Sequential(CausalConv(1, ch, 1), CausalConv(ch, ch, 2), CausalConv(ch, ch, 4), CausalConv(ch, ch, 8))
        self.head = nn.Linear(ch, HORIZON)

    def forward(self, x):
        return self.head(self.net(x[:, None])[:, :, -1])


def windows(lo, hi):
    starts = range(lo, hi - HISTORY - HORIZON)
    x = np.stack([z[s:s + HISTORY] for s in starts])
    y = np.stack([z[s + HISTORY:s + HISTORY + HORIZON] for s in starts])
    return torch.tensor(x, dtype=torch.float), torch.tensor(y, dtype=torch.float)


xtr, ytr = windows(0, train_end)
xva, yva = windows(train_end, len(z))
model = TCN()
optim = torch.optim.Adam(model.parameters(), lr=2e-3)
sched = torch.optim.lr_scheduler.ReduceLROnPlateau(optim, factor=0.5, patience=3)
crit = nn.SmoothL1Loss()
for epoch in range(20):
    model.train()
    perm = torch.randperm(len(xtr))
    for b in perm.split(32):
        loss = crit(model(xtr[b]), ytr[b])
        optim.zero_grad()
        loss.backward()
        optim.step()
    model.eval()
    with torch.no_grad():
        pred = model(xva)
        val = crit(pred, yva)
        mae = (pred - yva).abs().mean() * std
    sched.step(val)
    print(f"{epoch:3d} | train {loss.item():.4f} | val {val.item():.4f} | val MAE {mae.item():.2f} units")
