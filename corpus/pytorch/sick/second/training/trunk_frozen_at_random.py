import torch
import torch.nn as nn


def freeze(module):
    for p in module.parameters():
        p.requires_grad_(False)
    return module


class Transfer(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(20, 3), nn.ReLU(), nn.Linear(3, 3), nn.ReLU())
        self.head = nn.Linear(3, 5)

    def forward(self, x):
        return self.head(self.trunk(x))


torch.manual_seed(13)
centres = torch.randn(5, 20)
y = torch.randint(0, 5, (1000,))
x = centres[y] + 0.5 * torch.randn(1000, 20)
model = Transfer()
freeze(model.trunk)
optimizer = torch.optim.Adam(model.head.parameters(), lr=0.01)
for epoch in range(10):
    for idx in torch.randperm(1000).split(50):
        loss = nn.functional.cross_entropy(model(x[idx]), y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print("epoch", epoch, "acc", (model(x).argmax(1) == y).float().mean().item())
