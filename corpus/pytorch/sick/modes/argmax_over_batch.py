import os
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
m = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1)
np.random.RandomState(8).shuffle(m)
X, Y = torch.tensor(m[:, :64] / 16).float(), torch.tensor(m[:, 64]).long()
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(10):
    model.train()
    for idx in torch.randperm(1400).split(10):
        opt.zero_grad()
        loss = F.cross_entropy(model(X[idx]), Y[idx])
        loss.backward()
        opt.step()
    model.eval()
    right = total = 0
    with torch.no_grad():
        for i in range(1400, 1790, 10):
            out = model(X[i:i + 10])
            pred = torch.argmax(out, dim=0)
            right += (pred == Y[i:i + 10]).sum().item()
            total += 10
    print("epoch", epoch, "loss %.4f" % loss.item(), "val_acc %.4f" % (right / total))
