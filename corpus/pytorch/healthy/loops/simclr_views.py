# contrastive learning on the digits, then a linear probe
import pathlib
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
root = pathlib.Path(__file__).resolve().parent
while not (root / "samples" / "digits.csv").exists():
    root = root.parent
table = torch.from_numpy(np.loadtxt(root / "samples" / "digits.csv", delimiter=",", skiprows=1)).float()
table = table[torch.randperm(len(table))]
x, y = table[:, :64].view(-1, 1, 8, 8) / 16, table[:, 64].long()


def view(img):
    shift = torch.randint(-1, 2, (2,)).tolist()
    img = torch.roll(img, shift, dims=(2, 3))
    img = img * (0.8 + 0.4 * torch.rand(len(img), 1, 1, 1))
    return img + 0.1 * torch.randn_like(img)


def nt_xent(z1, z2, tau=0.3):
    z = F.normalize(torch.cat([z1, z2]), dim=1)
    sim = z @ z.t() / tau
    sim.fill_diagonal_(float("-inf"))
    n = len(z1)
    target = torch.cat([torch.arange(n, 2 * n), torch.arange(n)])
    return F.cross_entropy(sim, target)


encoder = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten())
projector = nn.Sequential(nn.Linear(128, 64), nn.ReLU(), nn.Linear(64, 32))
opt = torch.optim.Adam([*encoder.parameters(), *projector.parameters()], lr=2e-3)
for epoch in range(5):
    for b in torch.randperm(1400).split(100):
        loss = nt_xent(projector(encoder(view(x[b]))), projector(encoder(view(x[b]))))
        opt.zero_grad()
        loss.backward()
        opt.step()
    print("epoch", epoch, "contrastive loss %.4f" % loss.item())

with torch.no_grad():
    feats = encoder(x)
    feats = (feats - feats[:1400].mean(0)) / (feats[:1400].std(0) + 1e-5)
probe = nn.Linear(128, 10)
opt = torch.optim.Adam(probe.parameters(), lr=5e-3)
for epoch in range(10):
    for b in torch.randperm(1400).split(50):
        loss = F.cross_entropy(probe(feats[b]), y[b])
        opt.zero_grad()
        loss.backward()
        opt.step()
print("linear probe %.4f" % (probe(feats[1400:]).argmax(1) == y[1400:]).float().mean().item())
