"""Rare clicks: embeddings of categories, numeric columns, pos_weight, AUC by hand."""
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(12)
rng = np.random.default_rng(12)
N = 4000
site, device, hour = rng.integers(0, 30, N), rng.integers(0, 4, N), rng.integers(0, 24, N)
age = rng.normal(40, 12, N)
site_effect = rng.normal(0, 1.5, 30)
logit = -3.2 + site_effect[site] + 0.6 * (device == 2) + 0.5 * np.sin(hour / 24 * 2 * np.pi) - 0.03 * (age - 40)
click = (rng.random(N) < 1 / (1 + np.exp(-logit))).astype(np.float32)
print("click rate", click.mean())

cats = torch.from_numpy(np.stack([site, device, hour], 1))
nums = torch.from_numpy(((age - age[:3000].mean()) / age[:3000].std()).astype(np.float32)).unsqueeze(1)
y = torch.from_numpy(click)


class ClickNet(nn.Module):
    def __init__(self, sizes, dims):
        super().__init__()
        self.embs = nn.ModuleList([nn.Embedding(s, d) for s, d in zip(sizes, dims)])
        self.mlp = nn.Sequential(nn.Linear(sum(dims) + 1, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, c, x):
        e = [emb(c[:, i]) for i, emb in enumerate(self.embs)]
        return self.mlp(torch.cat(e + [x], 1)).squeeze(-1)


def auc(score, label):
    order = score.argsort()
    rank = torch.empty_like(order)
    rank[order] = torch.arange(1, len(order) + 1)
    pos = label.sum()
    return ((rank[label == 1].sum() - pos * (pos + 1) / 2) / (pos * (len(label) - pos))).item()


net = ClickNet([30, 4, 24], [6, 2, 4])
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3, weight_decay=1e-4)
weight = (1 - y[:3000].mean()) / y[:3000].mean()
criterion = nn.BCEWithLogitsLoss(pos_weight=weight)
for epoch in range(16):
    net.train()
    for rows in torch.randperm(3000).split(100):
        optimizer.zero_grad()
        loss = criterion(net(cats[rows], nums[rows]), y[rows])
        loss.backward()
        optimizer.step()
    net.eval()
    with torch.no_grad():
        print(f"epoch {epoch} loss {loss.item():.3f} auc {auc(net(cats[3000:], nums[3000:]), y[3000:]):.3f}")
