import numpy as np
import torch
from torch import nn, optim
from torch.utils.data import Dataset, DataLoader
import pathlib


class RandomShift:
    """Moves the picture by at most one pixel each way."""

    def __call__(self, img):
        dx, dy = torch.randint(-1, 2, (2,)).tolist()
        padded = nn.functional.pad(img, (1, 1, 1, 1))
        return padded[:, 1 + dy:9 + dy, 1 + dx:9 + dx]


class Normalize:
    def __init__(self, mean, std):
        self.mean, self.std = mean, std

    def __call__(self, img):
        return (img - self.mean) / self.std


class Compose:
    def __init__(self, ts):
        self.ts = ts

    def __call__(self, x):
        for t in self.ts:
            x = t(x)
        return x


class DigitsDataset(Dataset):
    def __init__(self, images, labels, transform=None):
        self.images, self.labels, self.transform = images, labels, transform

    def __len__(self):
        return len(self.images)

    def __getitem__(self, idx):
        img = torch.from_numpy(self.images[idx]).view(1, 8, 8)
        if self.transform:
            img = self.transform(img)
        return img, self.labels[idx]


base = pathlib.Path(__file__).resolve()
while not (base / "samples").is_dir():
    base = base.parent
csv = np.loadtxt(base / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
rs = np.random.RandomState(0)
torch.manual_seed(0)
rs.shuffle(csv)
images, labels = csv[:, :64] / 16.0, csv[:, 64].astype("int64")
mean, std = images[:1400].mean(), images[:1400].std()

train_tf = Compose([RandomShift(), Normalize(mean, std)])
test_tf = Normalize(mean, std)
train_ds = DigitsDataset(images[:1400], labels[:1400], train_tf)
test_ds = DigitsDataset(images[1400:], labels[1400:], test_tf)
train_dl = DataLoader(train_ds, batch_size=64, shuffle=True)
test_dl = DataLoader(test_ds, batch_size=100, shuffle=False)

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
model = nn.Sequential(
    nn.Conv2d(1, 24, 3), nn.LeakyReLU(0.1), nn.Conv2d(24, 48, 3, stride=2), nn.LeakyReLU(0.1),
    nn.Flatten(), nn.Dropout(0.2), nn.Linear(48 * 2 * 2, 10)).to(device)
optimizer = optim.Adam(model.parameters(), lr=0.004)
loss_func = nn.CrossEntropyLoss()
print(sum(p.numel() for p in model.parameters()), "parameters on", device)
for ep in range(12):
    model.train()
    tot = 0.
    for xb, yb in train_dl:
        xb, yb = xb.to(device), yb.to(device)
        optimizer.zero_grad()
        loss = loss_func(model(xb), yb)
        loss.backward()
        optimizer.step()
        tot += loss.item() * xb.size(0)
    model.eval()
    hits = 0
    with torch.no_grad():
        for xb, yb in test_dl:
            xb, yb = xb.to(device), yb.to(device)
            hits += (model(xb).argmax(dim=1) == yb).sum().item()
    print(f"Epoch {ep}: train loss {tot / len(train_ds):.4f}  Test: {hits / len(test_ds):.4f}")
