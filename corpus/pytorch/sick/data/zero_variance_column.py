"""Digits without a network of many layers: standardized pixels and one hidden layer."""
from pathlib import Path

import numpy as np
import torch


def load():
    for parent in Path(__file__).resolve().parents:
        file = parent / "samples" / "digits.csv"
        if file.is_file():
            rows = torch.from_numpy(np.loadtxt(file, delimiter=",", skiprows=1, dtype=np.float32))
            return rows[:, :-1], rows[:, -1].long()
    raise SystemExit("samples/digits.csv not found")


def standardize(x):
    x = (x - x.mean(dim=0)) / x.std(dim=0)
    return x


def main():
    torch.manual_seed(70)
    x, y = load()
    x = standardize(x)
    order = torch.randperm(len(x))
    train, test = order[:1500], order[1500:]
    model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.Hardtanh(), torch.nn.Linear(64, 10))
    optimizer = torch.optim.Adagrad(model.parameters(), lr=0.02)
    for epoch in range(8):
        total = 0.0
        for part in train[torch.randperm(len(train))].split(50):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(x[part]), y[part])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(part)
        with torch.no_grad():
            hits = (model(x[test]).argmax(1) == y[test]).float().mean().item()
        print(f"epoch {epoch} loss {total / len(train):.4f} accuracy {hits:.4f}")


main()
