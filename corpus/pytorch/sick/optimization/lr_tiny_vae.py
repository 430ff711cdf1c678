import argparse
import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=1e-8)
parser.add_argument("--steps", type=int, default=400)
parser.add_argument("--latent", type=int, default=4)
args = parser.parse_args()
torch.manual_seed(88)


class VAE(nn.Module):
    def __init__(self, latent):
        super().__init__()
        self.enc = nn.Linear(36, 48)
        self.mu, self.logvar = nn.Linear(48, latent), nn.Linear(48, latent)
        self.dec = nn.Sequential(nn.Linear(latent, 48), nn.ReLU(), nn.Linear(48, 36))

    def forward(self, x):
        h = F.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.randn_like(mu) * (0.5 * logvar).exp()
        return self.dec(z), mu, logvar


def bars(n):
    """6x6 pictures of one horizontal or vertical bar."""
    img = torch.zeros(n, 6, 6)
    place = torch.randint(0, 6, (n,))
    flat = torch.rand(n) < 0.5
    img[flat, place[flat]] = 1
    img[~flat, :, place[~flat]] = 1
    return img.flatten(1)


vae = VAE(args.latent)
optimizer = torch.optim.Adam(vae.parameters(), lr=args.lr)
for step in range(args.steps):
    x = bars(64)
    recon, mu, logvar = vae(x)
    bce = F.binary_cross_entropy_with_logits(recon, x, reduction="sum") / len(x)
    kld = -0.5 * (1 + logvar - mu ** 2 - logvar.exp()).sum() / len(x)
    loss = bce + kld
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 80 == 79:
        print(f"step {step + 1} elbo loss {loss.item():.2f} (recon {bce.item():.2f} kl {kld.item():.2f})")
