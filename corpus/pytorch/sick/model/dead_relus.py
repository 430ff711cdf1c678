"""Distance of a robot arm's hand to its goal."""
import torch
from torch import nn


def arm(n):
    angle = (torch.rand(n, 3) * 2 - 1) * 1.5
    total = angle.cumsum(1)
    hand = torch.stack([total.cos().sum(1), total.sin().sum(1)], 1)
    return angle, (hand - torch.tensor([2.0, 0.5])).norm(dim=1, keepdim=True)


class Net(nn.Module):
    def __init__(self, width=64):
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(3, width), nn.Linear(width, width)])
        self.out = nn.Linear(width, 1)
        for layer in self.hidden:
            nn.init.kaiming_normal_(layer.weight)
            nn.init.constant_(layer.bias, -8.0)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.out(x)


torch.manual_seed(34)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(10):
    for _ in range(60):
        angle, distance = arm(64)
        loss = nn.functional.mse_loss(net(angle), distance)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print("epoch %d loss: %.4f" % (epoch + 1, loss.item()))
