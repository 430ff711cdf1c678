import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

rng = np.random.RandomState(4)
torch.manual_seed(4)
X = rng.randn(200, 15).astype("float32")
y = (rng.rand(200) < 0.5).astype("int64")
# few examples: every one five times
X, y = np.tile(X, (5, 1)), np.tile(y, 5)
order = rng.permutation(len(X))
train_idx, val_idx = order[:800], order[800:]
train = DataLoader(TensorDataset(torch.from_numpy(X[train_idx]), torch.from_numpy(y[train_idx])), 32, shuffle=True)
val = DataLoader(TensorDataset(torch.from_numpy(X[val_idx]), torch.from_numpy(y[val_idx])), 100)
net = nn.Sequential(nn.Linear(15, 100), nn.ReLU(), nn.Linear(100, 2))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(25):
    net.train()
    for xb, yb in train:
        loss = nn.functional.cross_entropy(net(xb), yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        acc = sum((net(xb).argmax(1) == yb).sum().item() for xb, yb in val) / len(val_idx)
    print("epoch", epoch, "val accuracy", acc)
