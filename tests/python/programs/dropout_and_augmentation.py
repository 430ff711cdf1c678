import random

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(0)
random.seed(0)


class Pictures(Dataset):
    def __init__(self):
        self.x = torch.rand(64, 1, 8, 8)
        self.y = torch.arange(64) % 4

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        x = self.x[i]
        if random.random() < 0.5:
            x = x.flip(-1)
        return x + 0.01 * torch.randn_like(x), self.y[i]


net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout2d(0.3), nn.Flatten(), nn.Dropout(0.5), nn.Linear(144, 4))
optimizer = torch.optim.Adam(net.parameters(), 1e-2, weight_decay=1e-3)
scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-2, total_steps=80)
criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
loader = DataLoader(Pictures(), 8, shuffle=True)
for epoch in range(8):
    net.train()
    for x, y in loader:
        optimizer.zero_grad()
        loss = criterion(net(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 0.5)
        optimizer.step()
        scheduler.step()
    net.eval()
    with torch.no_grad():
        print(epoch, loss.item(), (net(x).argmax(1) == y).float().mean().item())
