import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(2)
x = torch.randn(800, 8)
y = (x[:, 0] * 2 > x[:, 1]).long()


def block(n):
    return nn.Sequential(nn.Linear(n, n), nn.Sigmoid())


net = nn.Sequential(nn.Linear(8, 32), nn.Sigmoid(), *[block(32) for _ in range(7)], nn.Linear(32, 2))
sgd = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
for epoch in range(15):
    total = 0
    for i in torch.randperm(800).split(40):
        sgd.zero_grad()
        loss = F.cross_entropy(net(x[i]), y[i])
        loss.backward()
        sgd.step()
        total += loss.item()
    print(epoch, "loss %.4f" % (total / 20))
