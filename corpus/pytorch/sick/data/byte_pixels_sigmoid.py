"""Predicts the angle (as sine and cosine) of a bar in 12x12 byte images."""
import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Bars(Dataset):
    def __init__(self, n, seed):
        rng = np.random.default_rng(seed)
        yy, xx = np.mgrid[-1:1:12j, -1:1:12j]
        self.angle = rng.uniform(0, np.pi, n)
        self.pixels = np.zeros((n, 12, 12), dtype=np.uint8)
        for i, a in enumerate(self.angle):
            d = np.abs(xx * np.sin(a) - yy * np.cos(a))
            self.pixels[i] = np.clip(230 * np.exp(-(d / 0.25) ** 2) + rng.uniform(0, 25, d.shape), 0, 255)

    def __len__(self):
        return len(self.angle)

    def __getitem__(self, i):
        img = torch.from_numpy(self.pixels[i]).float()
        a = 2 * self.angle[i]
        return img.flatten(), torch.tensor([np.sin(a), np.cos(a)], dtype=torch.float32)


def main():
    torch.manual_seed(2)
    train = DataLoader(Bars(800, 0), batch_size=32, shuffle=True)
    test = DataLoader(Bars(200, 1), batch_size=200)
    model = nn.Sequential(nn.Linear(144, 64), nn.Tanh(), nn.Linear(64, 32), nn.Tanh(), nn.Linear(32, 2))
    opt = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(15):
        for img, target in train:
            loss = nn.functional.mse_loss(model(img), target)
            opt.zero_grad()
            loss.backward()
            opt.step()
        with torch.no_grad():
            for img, target in test:
                print(f"epoch {epoch}: loss {loss.item():.4f} test error {nn.functional.mse_loss(model(img), target).item():.4f}")


if __name__ == "__main__":
    main()
