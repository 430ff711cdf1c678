import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Linear(2, 16)
        self.l2 = nn.Linear(16, 16)
        self.l3 = nn.Linear(16, 2)
        self.reset()

    def reset(self):
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.constant_(m.weight, 0.1)
                nn.init.constant_(m.bias, 0.0)

    def forward(self, x):
        return self.l3(torch.tanh(self.l2(torch.tanh(self.l1(x)))))


torch.manual_seed(0)
x = torch.randn(800, 2)
y = (x.norm(dim=1) > 1.1).long()
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(20):
    for idx in torch.randperm(800).split(40):
        opt.zero_grad()
        loss = nn.functional.cross_entropy(net(x[idx]), y[idx])
        loss.backward()
        opt.step()
print("accuracy", (net(x).argmax(1) == y).float().mean().item())
