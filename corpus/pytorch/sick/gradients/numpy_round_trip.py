"""Point sets: is there a point near the origin? Max-pooled set network."""
import numpy as np
import torch
import torch.nn as nn


class PointNet(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.point = nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, 8))
        self.decide = nn.Linear(8, 2)

    def forward(self, points):
        tokens = self.point(points)
        pooled = torch.from_numpy(np.maximum.reduce(tokens.detach().numpy(), axis=1))
        return self.decide(pooled)


def sets(n, points=12):
    cloud = torch.randn(n, points, 2) * 2
    near = (cloud.norm(dim=-1).min(dim=1).values < 0.65).long()
    return cloud, near


torch.manual_seed(15)
net = PointNet()
optimizer = torch.optim.Adam(net.parameters(), lr=4e-3)
for step in range(1, 701):
    cloud, near = sets(64)
    loss = nn.functional.cross_entropy(net(cloud), near)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        with torch.no_grad():
            cloud, near = sets(500)
            print("step=%d loss=%.3f accuracy=%.3f" % (step, loss.item(), (net(cloud).argmax(1) == near).float().mean()))
