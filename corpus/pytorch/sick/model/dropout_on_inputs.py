"""Moisture of soil from ten reflectances."""
import torch
from torch import nn


class Soil(nn.Module):
    def __init__(self):
        super().__init__()
        self.noise = nn.Dropout(0.97)
        self.a = nn.Linear(10, 40)
        self.b = nn.Linear(40, 1)

    def forward(self, x):
        return self.b(self.noise(torch.tanh(self.a(x))))


torch.manual_seed(61)
mix = torch.randn(10)
x = torch.randn(900, 10)
y = torch.tanh(x @ mix / 2).unsqueeze(1) + 0.05 * torch.randn(900, 1)
model = Soil()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(25):
    model.train()
    total = 0.0
    for rows in torch.randperm(900).split(45):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        total += loss.item()
    if epoch % 5 == 4:
        print("epoch %d training mse %.4f" % (epoch + 1, total / 20))
