import numpy as np
import torch
from torch import nn
from torch.optim import SGD
from torch.optim.lr_scheduler import StepLR
from torch.utils.data import DataLoader, TensorDataset
from pathlib import Path


def main():
    torch.manual_seed(0)
    path = Path(__file__).resolve().parent
    while not (path / "samples" / "digits.csv").exists():
        path = path.parent
    raw = np.loadtxt(path / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
    x, y = torch.tensor(raw[:, :64]) / 16, torch.tensor(raw[:, 64]).long()
    perm = torch.randperm(len(x))
    x, y = x[perm], y[perm]
    loader = DataLoader(TensorDataset(x[:1400], y[:1400]), batch_size=32, shuffle=True)
    model = nn.Sequential(nn.Linear(64, 100), nn.ReLU(), nn.Linear(100, 10))
    optimizer = SGD(model.parameters(), lr=0.1)
    scheduler = StepLR(optimizer, step_size=5, gamma=0.5)
    for epoch in range(15):
        for xb, yb in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(xb), yb)
            loss.backward()
            optimizer.step()
            scheduler.step()
        with torch.no_grad():
            acc = (model(x[1400:]).argmax(1) == y[1400:]).float().mean().item()
        print("epoch", epoch, "lr", optimizer.param_groups[0]["lr"], f"loss={loss.item():.4f} accuracy={acc:.4f}")


main()
