import torch
import torch.nn as nn

torch.manual_seed(5)
# four Gaussian clouds
centres = torch.tensor([[2., 2.], [-2., 2.], [-2., -2.], [2., -2.]])
t = torch.randint(0, 4, (1000,))
x = centres[t] + torch.randn(1000, 2) * 0.8

net = nn.Sequential(nn.Linear(2, 20), nn.ReLU(), nn.Linear(20, 4), nn.Softmax(dim=1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for epoch in range(20):
    for b in torch.randperm(1000).split(25):
        p = net(x[b])
        loss = torch.log(p[torch.arange(len(b)), t[b]] + 1e-8).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print(epoch, "log-likelihood", round(loss.item(), 4), "acc", (net(x).argmax(1) == t).float().mean().item())
