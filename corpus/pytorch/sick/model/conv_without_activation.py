# same or different? two halves of a picture show the same texture or not
import torch
from torch import nn

torch.manual_seed(24)


def pictures(n):
    half = torch.sign(torch.randn(n, 1, 16, 8))
    same = torch.rand(n) < 0.5
    sign = torch.where(same, 1.0, -1.0)[:, None, None, None]
    left = half.mean(dim=(2, 3), keepdim=True).sign() * torch.ones_like(half) * 0.7
    right = left * sign
    return torch.cat([left, right], dim=3) + 0.4 * torch.randn(n, 1, 16, 16), same.long()


net = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.AvgPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1),
    nn.AvgPool2d(2),
    nn.Flatten(), nn.Linear(16 * 16, 32),
    nn.Linear(32, 2),
)
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(1, 301):
    img, same = pictures(32)
    out = net(img)
    loss = nn.functional.cross_entropy(out, same)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 0:
        with torch.no_grad():
            img, same = pictures(300)
            print(f"step={step} loss={loss.item():.3f} accuracy={(net(img).argmax(1) == same).float().mean().item():.3f}")
