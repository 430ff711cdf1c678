"""Ten kinds of noisy wave forms, batches of ten."""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(4)
time = torch.linspace(0, 1, 40)


def waves(n):
    kind = torch.randint(0, 10, (n,))
    phase = torch.rand(n, 1) * 0.3
    x = torch.sin(2 * math.pi * (kind[:, None] + 1) * (time + phase * 0.1)) + 0.2 * torch.randn(n, 40)
    return x.unsqueeze(1), kind


class WaveNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv1d(1, 12, 5, padding=2)
        self.conv2 = nn.Conv1d(12, 24, 5, padding=2)
        self.fc = nn.Linear(24 * 10, 10)

    def forward(self, x):
        x = F.max_pool1d(F.relu(self.conv1(x)), 2)
        x = F.max_pool1d(F.relu(self.conv2(x)), 2)
        return self.fc(x.flatten(1))


class Runner:
    def __init__(self, model, lr):
        self.model = model
        self.opt = torch.optim.Adam(model.parameters(), lr=lr)

    def fit(self, x, y, epochs):
        for epoch in range(epochs):
            self.model.train()
            order = torch.randperm(len(x))
            for b in order.split(20):
                self.opt.zero_grad()
                loss = F.cross_entropy(self.model(x[b]), y[b])
                loss.backward()
                self.opt.step()
            yield loss.item()

    @torch.no_grad()
    def score(self, x, y):
        self.model.eval()
        hits = 0
        for i in range(0, len(x), 10):
            _, guess = torch.max(self.model(x[i:i + 10]), 0)
            hits += (guess == y[i:i + 10]).sum().item()
        return hits / len(x)


x, y = waves(1000)
xv, yv = waves(200)
runner = Runner(WaveNet(), 2e-3)
for epoch, loss in enumerate(runner.fit(x, y, 6)):
    print(f"{epoch}: loss {loss:.3f} validation {runner.score(xv, yv):.3f}")
