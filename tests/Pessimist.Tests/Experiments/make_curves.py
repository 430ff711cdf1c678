"""Writes curves.json: losses of real attempts to overfit one batch, for the tests of the classifier.

Run with Debian's python3-torch and python3-sklearn:  /usr/bin/python3 make_curves.py
Every program is trained as it is, healthy or sick; what the classifier must say of each is written in the tests, not here.
"""
import json
import math
import os

import torch
from sklearn.datasets import load_digits
from torch import nn

torch.set_num_threads(1)
digits = load_digits()
pixels = torch.tensor(digits.data, dtype=torch.float32)
labels = torch.tensor(digits.target)


def mlp(inputs=64, hidden=128, outputs=10, dropout=0.0):
    return nn.Sequential(nn.Flatten(), nn.Linear(inputs, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, outputs))


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def he(net):
    layers = [m for m in net if isinstance(m, (nn.Linear, nn.Conv2d))]
    for m in layers:
        nn.init.kaiming_normal_(m.weight)
        nn.init.zeros_(m.bias)
    nn.init.xavier_normal_(layers[-1].weight, gain=0.1)


def fill(kind):
    def apply(net):
        for p in net.parameters():
            nn.init.zeros_(p) if kind == "zeros" else nn.init.normal_(p, std=float(kind))
    return apply


def batch(scale, image=False, n=32):
    x, y = pixels[:n], labels[:n]
    if scale == "standard":
        x = (x - pixels.mean()) / pixels.std()
    elif scale == "255":
        x = x / 16 * 255
    if image:
        x = nn.functional.interpolate(x.reshape(-1, 1, 8, 8), size=28)
    return x, y


def regression(scale, n=32, noise=0.1):
    g = torch.Generator().manual_seed(0)
    x = torch.randn(n, 8, generator=g)
    y = (x @ torch.randn(8, 1, generator=g) + torch.sin(3 * x[:, :1]) + noise * torch.randn(n, 1, generator=g))
    return x, (y - y.mean()) / y.std() * scale


def curve(net, init, x, y, steps, lr=3e-4, decay=0.0, sign=1.0, optimizer="adam", seed=0):
    torch.manual_seed(seed)
    net = net()
    init(net)
    loss_of = nn.functional.cross_entropy if y.dtype == torch.int64 else nn.functional.mse_loss
    make = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[optimizer]
    opt = make(net.parameters(), lr=lr, weight_decay=decay)
    losses, error = [], None
    for _ in range(steps):
        out = net(x)
        loss = loss_of(out, y)
        losses.append(loss.item())
        if y.dtype == torch.int64:
            error = (out.argmax(1) != y).float().mean().item()
        if not math.isfinite(losses[-1]):
            break
        opt.zero_grad()
        (sign * loss).backward()
        opt.step()
    return {"losses": [float(f"{v:.4g}") for v in losses], "error": error,
            "scale": math.log(10) if y.dtype == torch.int64 else y.var(unbiased=False).item()}


std, img, raw = batch("standard"), batch("standard", True), batch("255", True)
curves = {
    "mlp": curve(mlp, he, *std, 800),
    "mlp lr 1e-3": curve(mlp, he, *std, 300, lr=1e-3),
    "mlp first 60 steps": curve(mlp, he, *std, 60),
    "mlp lr 1e-5": curve(mlp, he, *std, 400, lr=1e-5),
    "mlp lr 1e-9": curve(mlp, he, *std, 200, lr=1e-9),
    "mlp lr 10": curve(mlp, he, *std, 400, lr=10),
    "mlp zeros": curve(mlp, fill("zeros"), *std, 200),
    "mlp normal 1": curve(mlp, fill("1"), *std, 800),
    "mlp climbs": curve(mlp, he, *std, 200, sign=-1),
    "mlp climbs by sgd": curve(mlp, he, *std, 200, sign=-1, lr=0.01, optimizer="sgd"),
    "mlp decay 100": curve(mlp, he, *std, 400, decay=100),
    "mlp decoupled decay 100": curve(mlp, he, *std, 400, decay=100, optimizer="adamw"),
    "mlp dropout 0.5": curve(lambda: mlp(dropout=0.5), he, *std, 800, lr=1e-3),
    "mlp dropout 0.95": curve(lambda: mlp(dropout=0.95), he, *std, 400, lr=1e-3),
    "mlp sgd 0.1": curve(mlp, he, *std, 400, lr=0.1, optimizer="sgd"),
    "mlp sgd 5": curve(mlp, he, *std, 200, lr=5, optimizer="sgd"),
    "lenet": curve(lenet, he, *img, 200),
    "lenet lr 10": curve(lenet, he, *img, 200, lr=10),
    "lenet lr 0.1": curve(lenet, he, *img, 200, lr=0.1),
    "lenet zeros": curve(lenet, fill("zeros"), *img, 200),
    "lenet normal 1": curve(lenet, fill("1"), *img, 400),
    "lenet climbs": curve(lenet, he, *img, 200, sign=-1),
    "lenet decay 100": curve(lenet, he, *img, 200, decay=100),
    "lenet raw": curve(lenet, he, *raw, 200),
    "regression": curve(lambda: mlp(8, 64, 1), he, *regression(1), 2000),
    "regression huge targets": curve(lambda: mlp(8, 64, 1), he, *regression(1e4), 400),
    "regression lr 10": curve(lambda: mlp(8, 64, 1), he, *regression(1), 300, lr=10),
    "regression sgd 3": curve(lambda: mlp(8, 64, 1), he, *regression(1), 100, lr=3, optimizer="sgd"),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "curves.json"), "w") as f:
    json.dump(curves, f, separators=(",", ":"))
for name, c in curves.items():
    l = c["losses"]
    print(f"{name:26s} n={len(l):4d} start={l[0]:9.3g} mid={l[len(l)//2]:9.3g} end={l[-1]:9.3g} max={max(l):9.3g} error={c['error']}")
