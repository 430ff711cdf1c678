import os
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class TrainDigits(Dataset):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        img = self.x[i]
        img = torch.rot90(img, int(torch.randint(0, 4, (1,))), dims=(1, 2))
        img = img + 1.5 * torch.randn_like(img)
        return img, self.y[i]


torch.manual_seed(0)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(0).shuffle(raw)
x, y = torch.from_numpy(raw[:, :64] / 16).view(-1, 1, 8, 8), torch.from_numpy(raw[:, 64]).long()
loader = DataLoader(TrainDigits(x[:1400], y[:1400]), batch_size=50, shuffle=True)
model = nn.Sequential(nn.Conv2d(1, 24, 3), nn.ReLU(), nn.Flatten(), nn.Linear(24 * 36, 10))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(10):
    model.train()
    for img, label in loader:
        loss = nn.functional.cross_entropy(model(img), label)
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        print("epoch %d train loss %.4f valid accuracy %.4f" % (epoch, loss.item(), (model(x[1400:]).argmax(1) == y[1400:]).float().mean()))
