"""Ridge-like penalty on a network for the drag of a profile."""
import torch
from torch import nn

torch.manual_seed(74)
model = nn.Sequential(nn.Linear(3, 32), nn.GELU(), nn.Linear(32, 32), nn.GELU(), nn.Linear(32, 1))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
mse = nn.MSELoss()
for step in range(1, 801):
    x = torch.randn(64, 3)
    drag = x[:, :1] ** 2 * 0.5 + torch.sin(2 * x[:, 1:2]) + 0.3 * x[:, 2:]
    data_loss = mse(model(x), drag)
    penalty = sum((p ** 2).sum() for p in model.parameters())
    loss = data_loss + 0.5 * penalty
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 200 == 0:
        print(f"step {step}: total {loss.item():.4f} data loss {data_loss.item():.4f}")
