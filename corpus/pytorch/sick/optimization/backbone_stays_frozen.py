import os
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(25)


def build_model():
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2), nn.ReLU(),
        nn.Conv2d(6, 8, 3), nn.ReLU(),
        nn.Flatten(), nn.Linear(8, 24), nn.ReLU(), nn.Linear(24, 10))


# fine-tuning recipe: everything but the last layer is kept
model = build_model()
for p in model.parameters():
    p.requires_grad = False
for p in model[-1].parameters():
    p.requires_grad = True
print("trainable:", sum(p.numel() for p in model.parameters() if p.requires_grad))

d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1)
np.random.RandomState(1).shuffle(raw)
X = torch.FloatTensor(raw[:, :64]).div(16).view(-1, 1, 8, 8)
Y = torch.LongTensor(raw[:, 64].astype(int))
opt = torch.optim.Adam(filter(lambda p: p.requires_grad, model.parameters()), lr=0.005)
for epoch in range(20):
    for rows in torch.randperm(1400).split(32):
        loss = nn.functional.cross_entropy(model(X[rows]), Y[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print("epoch %d loss %.3f acc: %.3f" % (epoch, loss.item(), (model(X[1400:]).argmax(1) == Y[1400:]).float().mean().item()))
