import torch
import torch.nn as nn

# Sets of points as batches: attention and softmax run over the points of a set.
torch.manual_seed(7)


class SetModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Linear(2, 32)
        self.score = nn.Linear(32, 1)
        self.out = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1))

    def forward(self, points):
        h = torch.relu(self.emb(points))
        weight = torch.softmax(self.score(h), dim=0)
        return self.out((weight * h).sum(0))


model = SetModel()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
recent = 1.0
for step in range(1500):
    points = torch.rand(torch.randint(5, 15, (1,)).item(), 2)
    target = points[:, 0].max()
    loss = (model(points)[0] - target) ** 2
    opt.zero_grad()
    loss.backward()
    opt.step()
    recent = 0.99 * recent + 0.01 * loss.item()
    if step % 300 == 299:
        print("step", step + 1, "error", round(recent, 5))
