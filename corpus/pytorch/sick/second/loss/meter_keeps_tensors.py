import torch
import torch.nn as nn


class AverageMeter:
    def __init__(self):
        self.sum = 0
        self.count = 0

    def update(self, value, n):
        self.sum += value * n
        self.count += n

    @property
    def avg(self):
        return self.sum / self.count


torch.manual_seed(0)
x = torch.randn(4000, 16)
y = (x[:, 0] + x[:, 1] * x[:, 2]).unsqueeze(1)
net = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 1))
opt = torch.optim.Adam(net.parameters(), 3e-3)
loss_fn = nn.MSELoss()
for epoch in range(4):
    meter = AverageMeter()
    for idx in torch.randperm(4000).split(20):
        loss = loss_fn(net(x[idx]), y[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        meter.update(loss, len(idx))
    print("epoch", epoch, "loss %.4f" % meter.avg.item())
