import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(10)


class VAE(nn.Module):
    def __init__(self, d, latent):
        super().__init__()
        self.enc = nn.Linear(d, 48)
        self.mu = nn.Linear(48, latent)
        self.logvar = nn.Linear(48, latent)
        self.dec1 = nn.Linear(latent, 48)
        self.dec2 = nn.Linear(48, d)

    def forward(self, x):
        h = F.relu(self.enc(x))
        mu, logvar = self.mu(h), self.logvar(h)
        z = mu + torch.randn_like(mu) * torch.exp(0.5 * logvar)
        return self.dec2(F.relu(self.dec1(z))), mu, logvar


t = torch.rand(1000, 2) * 2 - 1
basis = torch.randn(2, 25)
data = torch.sin(t @ basis) + 0.05 * torch.randn(1000, 25)
vae = VAE(25, 3)
optimizer = torch.optim.Adam(vae.parameters(), lr=2e-3)
beta = 20.0
for epoch in range(30):
    for i in range(0, 1000, 50):
        batch = data[i:i + 50]
        recon, mu, logvar = vae(batch)
        recon_loss = F.mse_loss(recon, batch)
        kl = -0.5 * torch.mean(torch.sum(1 + logvar - mu ** 2 - logvar.exp(), dim=1))
        loss = recon_loss + beta * kl
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 5 == 4:
        print("epoch", epoch, "recon", round(recon_loss.item(), 4), "kl", round(kl.item(), 4))
