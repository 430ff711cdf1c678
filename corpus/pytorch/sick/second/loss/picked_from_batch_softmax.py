import numpy as np
import torch
import torch.nn as nn

# three spirals, loss by hand
np.random.seed(0)
torch.manual_seed(0)
N, K = 150, 3
X = np.zeros((N * K, 2), dtype=np.float32)
y = np.zeros(N * K, dtype=np.int64)
for j in range(K):
    r = np.linspace(0.05, 1, N)
    t = np.linspace(j * 4, (j + 1) * 4, N) + np.random.randn(N) * 0.15
    X[j * N:(j + 1) * N] = np.c_[r * np.sin(t), r * np.cos(t)]
    y[j * N:(j + 1) * N] = j
X, y = torch.from_numpy(X), torch.from_numpy(y)

model = nn.Sequential(nn.Linear(2, 100), nn.ReLU(), nn.Linear(100, 100), nn.ReLU(), nn.Linear(100, K))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(60):
    for idx in torch.randperm(N * K).split(50):
        scores = model(X[idx])
        probs = torch.exp(scores) / torch.exp(scores).sum(0, keepdim=True)
        loss = -torch.log(probs[range(len(idx)), y[idx]]).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 10 == 9:
        with torch.no_grad():
            print("epoch", epoch, "acc", (model(X).argmax(1) == y).float().mean().item())
