import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset

rng = np.random.default_rng(10)
torch.manual_seed(10)


class Bytes(Dataset):
    def __init__(self, n):
        self.y = rng.integers(0, 3, n)
        self.x = rng.integers(0, 60, (n, 10, 10)).astype(np.uint8)
        for img, k in zip(self.x, self.y):
            img[3 * k:3 * k + 3] += 150

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        image = np.rot90(self.x[i], 0).copy()
        image = (image // 16).astype(np.float32)
        return torch.from_numpy(image / 8 - 1)[None], int(self.y[i])


train, test = Bytes(500), Bytes(100)
model = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(512, 3))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(4):
    for x, y in DataLoader(train, 25, shuffle=True):
        opt.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        opt.step()
    with torch.no_grad():
        print("epoch", epoch, "accuracy", sum((model(x).argmax(1) == y).sum().item() for x, y in DataLoader(test, 50)) / 100)
