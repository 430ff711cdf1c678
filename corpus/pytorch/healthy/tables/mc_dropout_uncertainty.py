import torch
import torch.nn as nn

torch.manual_seed(7)
x = torch.rand(500, 1) * 6 - 3
y = torch.sin(x) * x + 0.1 * torch.randn_like(x)
net = nn.Sequential(nn.Linear(1, 100), nn.ReLU(), nn.Dropout(0.05), nn.Linear(100, 100), nn.ReLU(), nn.Dropout(0.05), nn.Linear(100, 1))
opt = torch.optim.Adam(net.parameters(), lr=3e-3)


def mc_predict(xs, n=20):
    # dropout stays on: its spread is the uncertainty
    net.train()
    with torch.no_grad():
        draws = torch.stack([net(xs) for _ in range(n)])
    return draws.mean(0), draws.std(0)


for epoch in range(60):
    net.train()
    for b in torch.randperm(500).split(50):
        opt.zero_grad()
        loss = ((net(x[b]) - y[b]) ** 2).mean()
        loss.backward()
        opt.step()
    if epoch % 10 == 9:
        grid = torch.linspace(-3, 3, 100).unsqueeze(1)
        mean, std = mc_predict(grid)
        rmse = (mean - torch.sin(grid) * grid).pow(2).mean().sqrt().item()
        print(f"epoch {epoch + 1} loss {loss.item():.4f} rmse {rmse:.4f} mean std {std.mean().item():.4f}")
