import numpy as np
import torch
from torch import nn

torch.manual_seed(1)
rng = np.random.RandomState(1)
X = rng.randn(900, 6)
y = (X[:, 0] * X[:, 1] + 0.5 * X[:, 2] > 0).astype(np.int64)
Xtr, Xte = torch.tensor(X[:700], dtype=torch.float32), torch.tensor(X[700:], dtype=torch.float32)
ytr, yte = torch.tensor(y[:700]), torch.tensor(y[700:])

model = nn.Sequential(nn.Linear(6, 32), nn.Tanh(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=0.01)
loss_fn = nn.BCEWithLogitsLoss()
for epoch in range(25):
    perm = torch.randperm(len(Xtr))
    for i in range(0, len(perm), 50):
        b = perm[i:i + 50]
        loss = loss_fn(model(Xtr[b]).squeeze(1), ytr[b].float())
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        pred = model(Xte).argmax(dim=1)
        acc = (pred == yte).float().mean().item()
    if epoch % 5 == 4:
        print("epoch", epoch, "loss", round(loss.item(), 3), "accuracy", round(acc, 3))
