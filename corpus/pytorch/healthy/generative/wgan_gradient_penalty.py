"""WGAN with a one-sided gradient penalty (double backward) on two Gaussians."""
import torch
from torch import autograd, nn


class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(1, 32), nn.LeakyReLU(0.2), nn.Linear(32, 32), nn.LeakyReLU(0.2), nn.Linear(32, 1))

    def forward(self, x):
        return self.f(x)


class Generator(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, z):
        return self.f(z)


def real(n):
    side = torch.randint(0, 2, (n, 1)).float() * 2 - 1
    return 1 + side + 0.2 * torch.randn(n, 1)


def gradient_penalty(critic, a, b, weight=10.0):
    t = torch.rand(len(a), 1)
    mixed = (t * a + (1 - t) * b).requires_grad_(True)
    score = critic(mixed)
    grads = autograd.grad(score, mixed, torch.ones_like(score), create_graph=True)[0]
    return weight * (torch.relu(grads.norm(2, dim=1) - 1) ** 2).mean()


def main():
    torch.manual_seed(53)
    critic, generator = Critic(), Generator()
    opt_c = torch.optim.Adam(critic.parameters(), lr=3e-3, betas=(0.5, 0.9))
    opt_g = torch.optim.Adam(generator.parameters(), lr=5e-4, betas=(0.5, 0.9))
    for step in range(1, 401):
        for _ in range(5):
            x, fake = real(64), generator(torch.randn(64, 2)).detach()
            wasserstein = critic(x).mean() - critic(fake).mean()
            loss_c = -wasserstein + gradient_penalty(critic, x, fake)
            opt_c.zero_grad()
            loss_c.backward()
            opt_c.step()
        loss_g = -critic(generator(torch.randn(64, 2))).mean()
        opt_g.zero_grad()
        loss_g.backward()
        opt_g.step()
        if step % 80 == 0:
            with torch.no_grad():
                gap = (generator(torch.randn(1000, 2)).mean() - 1).abs().item()
            print(f"step {step}: W {wasserstein.item():.3f} critic {loss_c.item():.3f} generator {loss_g.item():.3f} mean gap {gap:.3f}")


main()
