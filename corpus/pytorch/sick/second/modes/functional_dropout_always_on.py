import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(21)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(4, 64)
        self.mid = nn.Linear(64, 64)
        self.out = nn.Linear(64, 1)

    def forward(self, x):
        x = F.relu(self.inp(x))
        x = F.dropout(x, 0.4)
        x = F.relu(self.mid(x))
        return self.out(x).squeeze(-1)


x = torch.rand(1000, 4) * 2 - 1
y = torch.sin(3 * x[:, 0]) + x[:, 1] * x[:, 2]
model = Regressor()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
best = float("inf")
for epoch in range(40):
    model.train()
    for idx in torch.randperm(800).split(40):
        optimizer.zero_grad()
        loss = F.mse_loss(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        val = F.mse_loss(model(x[800:]), y[800:]).item()
    best = min(best, val)
    print(f"epoch {epoch} val {val:.4f}")
print(f"best {best:.4f}")
