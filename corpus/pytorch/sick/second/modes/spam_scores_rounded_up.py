"""Spam filter on bag-of-words counts; the accuracy divides by the number of batches."""
import argparse

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


def make_mails(n, rng):
    spam = rng.random(n) < 0.4
    rates = np.where(spam[:, None], rng.permuted(np.linspace(0.1, 2.0, 30)), 0.6)
    rates[spam, :5] = 3.0
    return np.log1p(rng.poisson(rates)).astype("float32"), spam.astype("float32")


class Filter(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(words, 24), nn.ReLU(), nn.Linear(24, 1))

    def forward(self, x):
        return self.net(x).squeeze(-1)


def evaluate(model, loader):
    model.eval()
    hits = 0.0
    for x, y in loader:
        with torch.no_grad():
            p = torch.sigmoid(model(x)).numpy()
        hits += float(np.sum((p > 0.5) == (y.numpy() > 0.5)))
    return hits / len(loader)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--epochs", type=int, default=6)
    ap.add_argument("--lr", type=float, default=3e-3)
    args = ap.parse_args()
    rng = np.random.default_rng(3)
    torch.manual_seed(3)
    x, y = make_mails(1500, rng)
    train = DataLoader(TensorDataset(torch.from_numpy(x[:1200]), torch.from_numpy(y[:1200])), batch_size=32, shuffle=True)
    test = DataLoader(TensorDataset(torch.from_numpy(x[1200:]), torch.from_numpy(y[1200:])), batch_size=50)
    model = Filter(x.shape[1])
    opt = torch.optim.Adam(model.parameters(), lr=args.lr)
    bce = nn.BCEWithLogitsLoss()
    for epoch in range(args.epochs):
        model.train()
        for xb, yb in train:
            opt.zero_grad()
            loss = bce(model(xb), yb)
            loss.backward()
            opt.step()
        print(f"epoch {epoch} test accuracy {evaluate(model, test):.3f}")


if __name__ == "__main__":
    main()
