import numpy as np
import torch
import torch.nn as nn
from pathlib import Path
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
root = next(p for p in Path(__file__).resolve().parents if (p / "samples" / "digits.csv").exists())
a = np.loadtxt(root / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(0).shuffle(a)
x, y = torch.from_numpy(a[:, :64] / 16), torch.from_numpy(a[:, 64]).long()
loader = DataLoader(TensorDataset(x[:1400], y[:1400]), batch_size=32, shuffle=True)
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(10):
    for data, target in loader:
        optimizer.zero_grad()
        output = model(data)
        loss = criterion(output, output.argmax(dim=1))
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        acc = (model(x[1400:]).argmax(1) == y[1400:]).float().mean().item()
    print(f"epoch {epoch}, loss {loss.item():.5f}, test acc {acc:.4f}")
