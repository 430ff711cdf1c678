import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(17)
np.random.seed(17)

# sensor readings of machines, about a third of which fail
n = 1000
temp = np.random.normal(70, 10, n)
vibration = np.random.gamma(2, 1, n)
load = np.random.uniform(0, 1, n)
risk = (temp - 70) / 10 + vibration - 2 + 2 * load
fails = (risk > 1.7).astype(np.float32)
X = np.stack([temp, vibration, load], axis=1)
X = ((X - X.mean(axis=0)) / X.std(axis=0)).astype(np.float32)


class FailureNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.h1 = nn.Linear(3, 16)
        self.h2 = nn.Linear(16, 16)
        self.out = nn.Linear(16, 1)

    def forward(self, x):
        h = torch.relu(self.h1(x))
        h = torch.relu(self.h2(h))
        return torch.sigmoid(self.out(h))


dl = DataLoader(TensorDataset(torch.from_numpy(X), torch.from_numpy(fails)[:, None]), batch_size=32, shuffle=True)
net = FailureNet()
criterion = nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(15):
    losses = []
    for xb, yb in dl:
        pred = net(xb)
        loss = criterion(pred, yb)
        opt.zero_grad()
        loss.backward()
        opt.step()
        losses.append(loss.item())
    print(f"epoch {epoch + 1:2d}: loss {np.mean(losses):.4f}")
