import os
import numpy as np
import torch
from torch import nn

torch.manual_seed(0)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
table = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1)
np.random.RandomState(0).shuffle(table)
images = table[:, :64].astype(np.uint8)
labels = torch.from_numpy(table[:, 64].astype(np.int64))

# the scans are dark: brighten them
bright = images * 20
X = torch.from_numpy(bright).float() / 255

model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(15):
    for rows in torch.randperm(1400).split(32):
        loss = nn.functional.cross_entropy(model(X[rows]), labels[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print("Epoch", epoch, "accuracy: %.4f" % (model(X[1400:]).argmax(1) == labels[1400:]).float().mean().item())
