import torch
import torch.nn as nn

torch.manual_seed(4)
x = torch.randn(1000, 10)
y = (x[:, :1] * 2 + torch.sin(3 * x[:, 1:2])).detach()
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
mse = nn.MSELoss()
l1_lambda = 0.5
for epoch in range(25):
    for idx in torch.randperm(1000).split(50):
        pred = model(x[idx])
        data_loss = mse(pred, y[idx])
        penalty = sum(p.abs().sum() for p in model.parameters())
        loss = data_loss + l1_lambda * penalty
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(f"epoch {epoch} mse {data_loss.item():.4f} total {loss.item():.3f}")
