"""Standardized rents from standardized features."""
import torch
from torch import nn


class RentModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(5, 40)
        self.second = nn.Linear(40, 20)
        self.last = nn.Linear(20, 1)

    def forward(self, x):
        h = nn.functional.elu(self.first(x))
        h = nn.functional.elu(self.second(h))
        return torch.sigmoid(self.last(h))


torch.manual_seed(92)
x = torch.randn(1500, 5)
rent = x[:, 0] + 0.5 * x[:, 1] * x[:, 2] - 0.3 * x[:, 3] + 0.1 * torch.randn(1500)
rent = ((rent - rent.mean()) / rent.std()).unsqueeze(1)
model = RentModel()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
loss_fn = nn.SmoothL1Loss()
for epoch in range(20):
    for rows in torch.randperm(1300).split(50):
        optimizer.zero_grad()
        loss = loss_fn(model(x[rows]), rent[rows])
        loss.backward()
        optimizer.step()
    if epoch % 5 == 4:
        with torch.no_grad():
            mae = (model(x[1300:]) - rent[1300:]).abs().mean().item()
        print(f"epoch {epoch + 1} loss {loss.item():.4f} validation mae: {mae:.4f}")
