import csv
import os
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim

random.seed(0)
torch.manual_seed(0)


def read_digits():
    d = os.path.dirname(os.path.abspath(__file__))
    while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
        d = os.path.dirname(d)
    with open(os.path.join(d, "samples", "digits.csv"), newline="") as f:
        rows = [list(map(int, r)) for r in list(csv.reader(f))[1:]]
    random.shuffle(rows)
    return rows


rows = read_digits()
x = torch.tensor([r[:64] for r in rows]).float() / 16
y = torch.tensor([r[64] for r in rows])
model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = optim.SGD(model.parameters(), lr=10.0)
for epoch in range(8):
    for i in range(0, 1400, 28):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x[i:i + 28]), y[i:i + 28])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print("epoch", epoch, "loss", loss.item(), "accuracy", (model(x[1400:]).argmax(1) == y[1400:]).float().mean().item())
