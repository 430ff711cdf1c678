# denoising autoencoder of bumps; keeps the history of the loss for a plot
import torch
from torch import nn


class AutoEncoder(nn.Module):
    def __init__(self, width=40, code=6):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(width, 64), nn.ReLU(), nn.Linear(64, code))
        self.decoder = nn.Sequential(nn.Linear(code, 64), nn.ReLU(), nn.Linear(64, width))

    def forward(self, x):
        return self.decoder(self.encoder(x))


def bumps(n, width=40):
    grid = torch.linspace(-1, 1, width)
    centre = torch.rand(n, 1) * 1.6 - 0.8
    scale = torch.rand(n, 1) * 0.2 + 0.1
    return torch.exp(-((grid - centre) / scale) ** 2)


torch.manual_seed(3)
model = AutoEncoder()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
history = []
for step in range(900):
    clean = bumps(96)
    noisy = clean + 0.1 * torch.randn_like(clean)
    loss = nn.functional.mse_loss(model(noisy), clean)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    history.append(loss)
    if (step + 1) % 100 == 0:
        recent = torch.stack(history[-100:]).mean()
        print(f"[{step + 1:4d}] mean reconstruction {recent.item():.5f}")
