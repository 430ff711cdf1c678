# brightness change between two camera frames: regression on the difference picture
import torch
import torch.nn as nn

torch.manual_seed(60)


def frames(n):
    before = torch.randint(60, 190, (n, 8, 8))
    change = torch.rand(n) * 2 - 1
    after = before + (change * 40).round().long()[:, None, None] + torch.randint(-20, 21, (n, 8, 8))
    return before.to(torch.uint8), after.to(torch.uint8), change


def preprocess(before, after):
    motion = after - before
    return motion.float().div(128.0).flatten(1)


net = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for step in range(400):
    before, after, change = frames(64)
    estimate = net(preprocess(before, after))[:, 0]
    loss = (estimate - change).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 50 == 49:
        print("step %d rmse %.4f" % (step + 1, loss.sqrt().item()))
