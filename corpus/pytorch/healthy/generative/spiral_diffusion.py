"""Denoising diffusion in the plane."""
import torch
from torch import nn

torch.manual_seed(17)
STEPS = 50
beta = torch.linspace(1e-3, 0.2, STEPS)
alpha_bar = torch.cumprod(1 - beta, 0)


def spiral(n):
    t = torch.rand(n) * 9 + 3
    return torch.stack([t * t.cos(), t * t.sin()], dim=1) / 6 + 0.03 * torch.randn(n, 2)


class NoiseModel(nn.Module):
    def __init__(self, width=96):
        super().__init__()
        self.time = nn.Embedding(STEPS, 16)
        self.net = nn.Sequential(nn.Linear(18, width), nn.SiLU(), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 2))

    def forward(self, x, t):
        return self.net(torch.cat([x, self.time(t)], dim=1))


model = NoiseModel()
ema = {k: v.clone() for k, v in model.state_dict().items()}
opt = torch.optim.AdamW(model.parameters(), lr=2e-3)
running = 1.0
for it in range(1, 1501):
    x0 = spiral(128)
    t = torch.randint(0, STEPS, (128,))
    noise = torch.randn_like(x0)
    a = alpha_bar[t].unsqueeze(1)
    loss = nn.functional.mse_loss(model(a.sqrt() * x0 + (1 - a).sqrt() * noise, t), noise)
    opt.zero_grad(set_to_none=True)
    loss.backward()
    opt.step()
    with torch.no_grad():
        for k, v in model.state_dict().items():
            ema[k].lerp_(v, 0.01)
    running = 0.99 * running + 0.01 * loss.item()
    if it % 250 == 0:
        print(f"it {it} noise mse {running:.4f}")
model.load_state_dict(ema)
