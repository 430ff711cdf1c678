import torch
import torch.nn as nn
import torch.nn.functional as F
import numpy as np
import os

torch.manual_seed(1)


def digits():
    d = os.path.dirname(os.path.abspath(__file__))
    while not os.path.exists(os.path.join(d, "samples/digits.csv")):
        d = os.path.dirname(d)
    a = np.loadtxt(os.path.join(d, "samples/digits.csv"), delimiter=",", skiprows=1)
    return torch.tensor(a[:, :64] / 16).float(), torch.tensor(a[:, 64]).long()


x, y = digits()
net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(8):
    hits = 0
    perm = torch.randperm(len(x))
    for i in range(0, len(x), 32):
        xb, yb = x[perm[i:i + 32]], y[perm[i:i + 32]]
        logits = net(xb)
        predicted = logits.argmax(dim=1).float()
        loss = F.mse_loss(predicted, yb.float())
        loss.requires_grad_()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hits += (predicted == yb).sum().item()
    print(f"epoch {epoch} loss {loss.item():.3f} train accuracy {hits / len(x):.3f}")
