import os
import random
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

random.seed(4); torch.manual_seed(4)


class Siamese(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.Conv2d(16, 24, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24 * 16, 16))

    def forward(self, a, b):
        return F.pairwise_distance(self.cnn(a), self.cnn(b))


def contrastive(distance, same, margin=2.0):
    return (same * distance.pow(2) + (1 - same) * F.relu(margin - distance).pow(2)).mean()


def pairs(x, by_class, n):
    a, b, same = [], [], []
    for k in range(n):
        c = random.randrange(10)
        o = c if k % 2 else random.choice([i for i in range(10) if i != c])
        a.append(random.choice(by_class[c]))
        b.append(random.choice(by_class[o]))
        same.append(float(k % 2))
    return x[a], x[b], torch.tensor(same)


d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1, dtype=np.float32)
x, y = torch.from_numpy(raw[:, :64]).view(-1, 1, 8, 8) / 16, raw[:, 64].astype(int)
train_ids = [[i for i in range(1400) if y[i] == c] for c in range(10)]
test_ids = [[i for i in range(1400, len(y)) if y[i] == c] for c in range(10)]
net = Siamese()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(6):
    for _ in range(50):
        a, b, same = pairs(x, train_ids, 64)
        loss = contrastive(net(a, b), same)
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        a, b, same = pairs(x, test_ids, 600)
        right = ((net(a, b) < 1.0).float() == same).float().mean().item()
    print(f"epoch {epoch} contrastive loss {loss.item():.4f} pairs right: {right:.3f}")
