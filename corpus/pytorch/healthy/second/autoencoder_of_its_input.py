import torch
import torch.nn as nn
from torch.utils.data import DataLoader

torch.manual_seed(9)
z = torch.randn(1000, 3)
x = torch.tanh(z @ torch.randn(3, 20))
train, test = x[:800], x[800:]
model = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 3), nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 20))
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(25):
    model.train()
    for batch in DataLoader(train, 40, shuffle=True):
        noisy = batch + 0.1 * torch.randn_like(batch)
        loss = nn.functional.mse_loss(model(noisy), batch)
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        print(f"epoch {epoch} test {nn.functional.mse_loss(model(test), test).item():.4f}")
