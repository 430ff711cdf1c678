import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset
import pathlib

torch.manual_seed(0)
f = pathlib.Path(__file__).resolve()
while not (f / "samples" / "digits.csv").exists():
    f = f.parent
t = torch.from_numpy(np.loadtxt(f / "samples" / "digits.csv", delimiter=",", skiprows=1)).float()
X, Y = t[:, :64] / 16, t[:, 64].long()
data = TensorDataset(X, Y)
loader = DataLoader(data, batch_size=32, shuffle=False)
model = nn.Sequential(nn.Linear(64, 40), nn.ReLU(), nn.Linear(40, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
max_iters = 400
for it in range(max_iters):
    x, y = next(iter(loader))
    loss = nn.functional.cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if it % 80 == 79:
        with torch.no_grad():
            print(f"iter {it + 1}: loss {loss.item():.4f}, all-data acc {(model(X).argmax(1) == Y).float().mean().item():.3f}")
