# Position of a peak in a spectrum (four bins). Training spectra get noise added, as augmentation.
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


def peaks(n, seed):
    g = torch.Generator().manual_seed(seed)
    bins = torch.randint(0, 4, (n,), generator=g)
    place = bins / 4 + 0.05 + 0.15 * torch.rand(n, generator=g)
    grid = torch.linspace(0, 1, 24)
    return torch.exp(-((grid - place[:, None]) / 0.05) ** 2), bins


class Spectra(Dataset):
    def __init__(self, data, noise):
        self.x, self.y = data
        self.noise = noise

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        x = self.x[i]
        if self.noise:
            x = x + self.noise * torch.randn_like(x)
        return x, self.y[i]


torch.manual_seed(3)
training = DataLoader(Spectra(peaks(1000, 1), noise=0.6), batch_size=40, shuffle=True)
held_out = Spectra(peaks(200, 2), noise=0.6)
held_out = DataLoader(held_out, batch_size=100)
net = nn.Sequential(nn.Linear(24, 48), nn.ReLU(), nn.Linear(48, 4))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)
for epoch in range(12):
    net.train()
    for x, y in training:
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    good = 0
    with torch.no_grad():
        for x, y in held_out:
            good += (net(x).argmax(1) == y).sum().item()
    print(f"epoch {epoch + 1} loss {loss.item():.3f} held out {good / 200:.3f}")
