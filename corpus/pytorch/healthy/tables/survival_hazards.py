"""Cox partial likelihood (a loss over the whole risk set) with censoring."""
import torch
from torch import nn


def cohort(n):
    x = torch.randn(n, 5)
    hazard = torch.exp(0.9 * x[:, 0] - 0.7 * x[:, 1] * (x[:, 2] > 0).float())
    time = torch.empty(n).exponential_() / hazard
    censor = torch.empty(n).exponential_(0.3)
    return x, torch.minimum(time, censor), (time <= censor).float()


def cox_loss(risk, time, event):
    order = time.argsort(descending=True)
    risk, event = risk[order], event[order]
    log_cumulative = torch.logcumsumexp(risk, dim=0)
    return -((risk - log_cumulative) * event).sum() / event.sum().clamp(min=1)


def concordance(risk, time, event):
    earlier = (time[:, None] < time[None]) & (event[:, None] > 0)
    return ((risk[:, None] > risk[None]) & earlier).sum().item() / earlier.sum().item()


torch.manual_seed(29)
x, time, event = cohort(1000)
xt, tt, et = cohort(400)
net = nn.Sequential(nn.Linear(5, 32), nn.SELU(), nn.AlphaDropout(0.1), nn.Linear(32, 1, bias=False))
opt = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=1e-2)
for epoch in range(40):
    net.train()
    for rows in torch.randperm(1000).split(125):
        loss = cox_loss(net(x[rows]).squeeze(1), time[rows], event[rows])
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 8 == 7:
        net.eval()
        with torch.no_grad():
            print("epoch %d partial likelihood %.4f concordance %.3f" % (epoch + 1, loss.item(), concordance(net(xt).squeeze(1), tt, et)))
