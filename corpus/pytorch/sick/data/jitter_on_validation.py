import os
import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import Dataset, DataLoader

torch.manual_seed(4)


def plain(image):
    return image


def augment(image):
    # random shift and noise
    dx, dy = torch.randint(-1, 2, (2,)).tolist()
    return torch.roll(image, (dy, dx), dims=(1, 2)) + 0.25 * torch.randn_like(image)


class Augmented(Dataset):
    def __init__(self, images, labels, transform):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, index):
        return self.transform(self.images[index]), self.labels[index]


d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1)
np.random.RandomState(4).shuffle(raw)
images = torch.tensor(raw[:, :64] / 16, dtype=torch.float32).view(-1, 1, 8, 8)
labels = torch.tensor(raw[:, 64], dtype=torch.long)
train_set = Augmented(images[:1400], labels[:1400], augment)
valid_set = Augmented(images[1400:], labels[1400:], augment)

model = nn.Sequential(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(256, 10))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(14):
    model.train()
    for x, y in DataLoader(train_set, batch_size=40, shuffle=True):
        loss = nn.functional.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        hits = sum((model(x).argmax(1) == y).sum().item() for x, y in DataLoader(valid_set, batch_size=200))
    print(f"epoch {epoch} loss {loss.item():.3f} valid acc {hits / len(valid_set):.4f}")
