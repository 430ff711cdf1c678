import pathlib
import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader

torch.manual_seed(0)


class ConvAutoencoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 12, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(12, 24, 3, stride=2, padding=1), nn.ReLU())
        self.decoder = nn.Sequential(
            nn.ConvTranspose2d(24, 12, 2, stride=2), nn.ReLU(),
            nn.ConvTranspose2d(12, 1, 2, stride=2), nn.Sigmoid())

    def forward(self, x):
        return self.decoder(self.encoder(x))


root = pathlib.Path(__file__).resolve().parent
while not (root / "samples" / "digits.csv").exists():
    root = root.parent
pictures = torch.tensor(np.loadtxt(root / "samples" / "digits.csv", delimiter=",", skiprows=1)[:, :64], dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
train, test = pictures[:1500], pictures[1500:]
model = ConvAutoencoder()
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(12):
    for clean in DataLoader(train, batch_size=50, shuffle=True):
        noisy = (clean + 0.3 * torch.randn_like(clean)).clamp(0, 1)
        loss = criterion(model(noisy), clean)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        noisy = (test + 0.3 * torch.randn_like(test)).clamp(0, 1)
        mse = criterion(model(noisy), test)
        print(f"epoch {epoch + 1}: loss {loss.item():.4f}  PSNR {-10 * torch.log10(mse).item():.2f} dB")
