import numpy as np
import torch
import torch.nn as nn

np.random.seed(2)
torch.manual_seed(2)
N = 700
X = np.random.randn(N, 12).astype(np.float32)
y = ((X[:, 0] + X[:, 1] * X[:, 2] + 0.8 * np.random.randn(N)) > 1.3).astype(np.int64)
# balance the classes by repeating the rare one
minority = np.where(y == 1)[0]
extra = np.random.choice(minority, 300)
X, y = np.concatenate([X, X[extra]]), np.concatenate([y, y[extra]])

order = np.random.permutation(len(X))
X, y = X[order], y[order]
cut = int(0.8 * len(X))
X_tr, y_tr, X_va, y_va = X[:cut], y[:cut], X[cut:], y[cut:]
X_tr, y_tr, X_va, y_va = map(torch.from_numpy, (X_tr, y_tr, X_va, y_va))

model = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(20):
    model.train()
    for idx in torch.randperm(len(X_tr)).split(32):
        loss = nn.functional.cross_entropy(model(X_tr[idx]), y_tr[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        out = model(X_va)
        print(f"epoch {epoch} train loss {loss.item():.3f} val loss {nn.functional.cross_entropy(out, y_va).item():.3f} val acc {(out.argmax(1) == y_va).float().mean().item():.3f}")
