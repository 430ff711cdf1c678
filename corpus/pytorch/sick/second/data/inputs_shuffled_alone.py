import numpy as np
import torch
import torch.nn as nn

np.random.seed(5)
torch.manual_seed(5)
n = 1000
X = np.random.randn(n, 6).astype(np.float32)
y = (2 * X[:, 0] - X[:, 1] + np.sin(2 * X[:, 2])).astype(np.float32)

np.random.shuffle(X)
split = int(0.8 * n)
X_train, X_val = torch.from_numpy(X[:split]), torch.from_numpy(X[split:])
y_train, y_val = torch.from_numpy(y[:split]), torch.from_numpy(y[split:])


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 32)
        self.b = nn.Linear(32, 1)

    def forward(self, x):
        return self.b(torch.relu(self.a(x))).squeeze(-1)


model = MLP()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
criterion = nn.MSELoss()
for epoch in range(20):
    model.train()
    for i in range(0, split, 25):
        optimizer.zero_grad()
        loss = criterion(model(X_train[i:i + 25]), y_train[i:i + 25])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val = criterion(model(X_val), y_val).item()
    print("epoch", epoch, "train", round(loss.item(), 3), "val", round(val, 3))
