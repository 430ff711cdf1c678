import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset


class Bars(Dataset):
    def __init__(self, n, train):
        self.train = train
        self.y = torch.randint(0, 2, (n,))
        self.x = torch.randn(n, 1, 12, 12) * 0.3
        for img, k in zip(self.x, self.y.tolist()):
            p = torch.randint(2, 10, (1,)).item()
            (img[0, p] if k else img[0, :, p]).add_(1.5)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        x = self.x[i]
        if self.train:
            if torch.rand(()) < 0.5:
                x = x.flip(-1)
            x = x * (0.6 + 0.8 * torch.rand(())) + 0.2 * torch.randn_like(x)
        return x, self.y[i]


torch.manual_seed(16)
train, val = DataLoader(Bars(600, True), 30, shuffle=True), DataLoader(Bars(200, False), 50)
model = nn.Sequential(nn.Conv2d(1, 12, 3), nn.BatchNorm2d(12), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(300, 2))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(6):
    model.train()
    for x, y in train:
        opt.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        print(f"epoch {epoch} val {sum((model(x).argmax(1) == y).sum().item() for x, y in val) / 200:.3f}")
