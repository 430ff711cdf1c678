# Rain of the next day with its uncertainty, from a week of standardized readings
import torch
import torch.nn as nn

torch.manual_seed(47)


class Rain(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(7, 32), nn.SiLU())
        self.mu, self.log_sigma = nn.Linear(32, 1), nn.Linear(32, 1)

    def forward(self, x):
        z = (x - x.mean(dim=1, keepdim=True)) / x.std(dim=1, keepdim=True)
        h = self.body(z)
        return self.mu(h), self.log_sigma(h).clamp(-4, 4)


def weeks(n):
    wet = (torch.rand(n, 1) < 0.6).float()
    x = torch.relu(torch.randn(n, 7) + 0.7 * wet - 0.6)
    y = 0.3 * (x[:, 6:] - x.mean(1, keepdim=True)) + wet * 0.1 + 0.1 * torch.randn(n, 1)
    return x, y


model = Rain()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for step in range(600):
    x, y = weeks(48)
    mu, log_sigma = model(x)
    sigma = log_sigma.exp()
    nll = (0.5 * ((y - mu) / sigma) ** 2 + log_sigma).mean()
    optimizer.zero_grad()
    nll.backward()
    optimizer.step()
    if step % 100 == 99:
        print("step", step + 1, "nll %.4f" % nll.item())
