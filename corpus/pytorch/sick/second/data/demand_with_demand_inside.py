import numpy as np
import torch
import torch.nn as nn

np.random.seed(9)
torch.manual_seed(9)
hours = np.arange(3000)
demand = 50 + 20 * np.sin(hours * 2 * np.pi / 24) + 8 * np.sin(hours * 2 * np.pi / 168) + np.cumsum(np.random.randn(3000)) * 0.5
demand = (demand - demand.mean()) / demand.std()
LAGS = 24
rows, targets = [], []
for t in range(LAGS, 3000):
    rows.append(demand[t - LAGS + 1:t + 1])
    targets.append(demand[t])
X, y = torch.tensor(np.array(rows), dtype=torch.float32), torch.tensor(np.array(targets), dtype=torch.float32)
n = 2400
model = nn.Sequential(nn.Linear(LAGS, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(10):
    for idx in torch.randperm(n).split(64):
        opt.zero_grad()
        loss = nn.functional.mse_loss(model(X[idx]).squeeze(1), y[idx])
        loss.backward()
        opt.step()
    with torch.no_grad():
        test = nn.functional.mse_loss(model(X[n:]).squeeze(1), y[n:]).item()
    print(f"epoch {epoch} test mse {test:.5f}")
