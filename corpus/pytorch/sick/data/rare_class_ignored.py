"""Card fraud: three cases in a hundred."""
import torch
from torch import nn

torch.manual_seed(67)
n = 4000
x = torch.randn(n, 6)
risk = x[:, 0] + 0.7 * x[:, 1] * (x[:, 2] > 0) - 0.5 * x[:, 3]
fraud = ((risk + 1.2 * torch.randn(n)) > 3.1).float()
print("share of fraud: %.3f" % fraud.mean())
train, test = slice(0, 3000), slice(3000, None)
net = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
criterion = nn.BCEWithLogitsLoss()
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(12):
    for rows in torch.randperm(3000).split(64):
        loss = criterion(net(x[rows]).squeeze(1), fraud[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        guess = net(x[test]).squeeze(1) > 0
    truth = fraud[test] > 0
    accuracy = (guess == truth).float().mean().item()
    recall = (guess & truth).sum().item() / truth.sum().item()
    print("epoch %d loss %.4f accuracy %.3f recall %.3f" % (epoch, loss.item(), accuracy, recall))
