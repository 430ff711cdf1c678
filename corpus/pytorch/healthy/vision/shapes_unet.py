import random
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset

SEED = 5
random.seed(SEED); np.random.seed(SEED); torch.manual_seed(SEED)


class DiscDataset(Dataset):
    """Noisy 24x24 images with a bright disc; the mask is the disc."""

    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        yy, xx = np.mgrid[:24, :24]
        self.images, self.masks = [], []
        for _ in range(n):
            cx, cy = rng.uniform(6, 18, 2)
            r = rng.uniform(3, 6)
            mask = ((xx - cx) ** 2 + (yy - cy) ** 2 < r * r).astype(np.float32)
            img = 0.2 + 0.5 * mask + rng.normal(0, 0.15, mask.shape)
            self.images.append(img.astype(np.float32))
            self.masks.append(mask)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return torch.from_numpy(self.images[i])[None], torch.from_numpy(self.masks[i])[None]


def double_conv(cin, cout):
    return nn.Sequential(nn.Conv2d(cin, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU(),
                         nn.Conv2d(cout, cout, 3, padding=1), nn.BatchNorm2d(cout), nn.ReLU())


class UNet(nn.Module):
    def __init__(self, c=8):
        super().__init__()
        self.down1, self.down2, self.mid = double_conv(1, c), double_conv(c, 2 * c), double_conv(2 * c, 4 * c)
        self.up2 = nn.ConvTranspose2d(4 * c, 2 * c, 2, stride=2)
        self.dec2 = double_conv(4 * c, 2 * c)
        self.up1 = nn.ConvTranspose2d(2 * c, c, 2, stride=2)
        self.dec1 = double_conv(2 * c, c)
        self.out = nn.Conv2d(c, 1, 1)

    def forward(self, x):
        a = self.down1(x)
        b = self.down2(F.max_pool2d(a, 2))
        m = self.mid(F.max_pool2d(b, 2))
        b = self.dec2(torch.cat([self.up2(m), b], dim=1))
        a = self.dec1(torch.cat([self.up1(b), a], dim=1))
        return self.out(a)


def dice_loss(logits, target, eps=1.0):
    p = torch.sigmoid(logits)
    inter = (p * target).sum(dim=(1, 2, 3))
    return (1 - (2 * inter + eps) / (p.sum(dim=(1, 2, 3)) + target.sum(dim=(1, 2, 3)) + eps)).mean()


def iou(logits, target):
    pred = logits > 0
    t = target > 0.5
    inter = (pred & t).sum(dim=(1, 2, 3)).float()
    union = (pred | t).sum(dim=(1, 2, 3)).float()
    return (inter / union.clamp(min=1)).tolist()


train_dl = DataLoader(DiscDataset(160, 1), batch_size=16, shuffle=True)
val_dl = DataLoader(DiscDataset(40, 2), batch_size=40)
net = UNet()
opt = torch.optim.Adam(net.parameters(), 2e-3)
bce = nn.BCEWithLogitsLoss()
for epoch in range(6):
    net.train()
    for k, (img, mask) in enumerate(train_dl):
        out = net(img)
        loss = bce(out, mask) + dice_loss(out, mask)
        opt.zero_grad()
        loss.backward()
        opt.step()
        sys.stdout.write(f"\repoch {epoch} batch {k + 1}/{len(train_dl)} loss {loss.item():.3f}")
    net.eval()
    scores = []
    with torch.no_grad():
        for img, mask in val_dl:
            scores += iou(net(img), mask)
    print(f"\n  mean IoU {np.mean(scores):.3f}")
