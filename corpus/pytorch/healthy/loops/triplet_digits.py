import os, random
import numpy as np
import torch
import torch.nn as nn

random.seed(0); np.random.seed(0); torch.manual_seed(0)


class TripletSampler:
    def __init__(self, x, y, per_batch):
        self.x, self.y, self.per_batch = x, y, per_batch
        self.by_class = [np.flatnonzero(y == c) for c in range(10)]

    def __iter__(self):
        for _ in range(40):
            a, p, n = [], [], []
            for _ in range(self.per_batch):
                c, o = random.sample(range(10), 2)
                i, j = np.random.choice(self.by_class[c], 2, replace=False)
                a.append(i); p.append(j); n.append(np.random.choice(self.by_class[o]))
            yield self.x[a], self.x[p], self.x[n]


class EmbeddingNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.convnet = nn.Sequential(nn.Conv2d(1, 16, 3), nn.PReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 2), nn.PReLU())
        self.fc = nn.Linear(32 * 2 * 2, 12)

    def forward(self, x):
        return nn.functional.normalize(self.fc(self.convnet(x).flatten(1)))


d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1)
np.random.shuffle(raw)
x = torch.tensor(raw[:, :64] / 16 - 0.3, dtype=torch.float).view(-1, 1, 8, 8)
y = raw[:, 64].astype(int)
net = EmbeddingNet()
triplet = nn.TripletMarginLoss(margin=0.4)
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(6):
    net.train()
    for a, p, n in TripletSampler(x[:1400], y[:1400], 32):
        loss = triplet(net(a), net(p), net(n))
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        base, query = net(x[:1400]), net(x[1400:])
        nearest = torch.cdist(query, base).argmin(1).numpy()
    print("epoch %d triplet loss %.4f nearest neighbour accuracy %.4f" % (epoch, loss.item(), (y[:1400][nearest] == y[1400:]).mean()))
