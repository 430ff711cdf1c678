import torch
from torch import nn

torch.manual_seed(2)
x, y = torch.randn(50, 3), torch.randn(50, 1)
net = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.LBFGS(net.parameters(), lr=0.5, max_iter=10, line_search_fn="strong_wolfe")


def closure():
    optimizer.zero_grad()
    loss = ((net(x) - y) ** 2).mean()
    loss.backward()
    return loss


for i in range(6):
    print(optimizer.step(closure).item())
