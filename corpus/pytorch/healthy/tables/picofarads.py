# Capacitance (about 1e-12 F) of a plate capacitor from its dimensions. Everything is scaled before training.
import torch

torch.manual_seed(6)
eps0 = 8.854e-12
n = 800
width = torch.rand(n) * 9e-3 + 1e-3
height = torch.rand(n) * 9e-3 + 1e-3
gap = torch.rand(n) * 9e-4 + 1e-4
eps_r = torch.rand(n) * 7 + 1
c = eps0 * eps_r * width * height / gap

features = torch.stack([width, height, gap, eps_r], dim=1).log()
features = (features - features.mean(0)) / features.std(0)
target = c.log()
t_mean, t_std = target.mean(), target.std()
target = (target - t_mean) / t_std

train, test = slice(0, 650), slice(650, None)
net = torch.nn.Sequential(torch.nn.Linear(4, 20), torch.nn.Tanh(), torch.nn.Linear(20, 1))
sgd = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
for epoch in range(120):
    order = torch.randperm(650)
    for start in range(0, 650, 65):
        rows = order[start:start + 65]
        out = net(features[rows]).squeeze(1)
        loss = ((out - target[rows]) ** 2).mean()
        sgd.zero_grad()
        loss.backward()
        sgd.step()
    if epoch % 20 == 19:
        with torch.no_grad():
            farads = (net(features[test]).squeeze(1) * t_std + t_mean).exp()
            error = ((farads - c[test]).abs() / c[test]).mean()
        print("epoch", epoch + 1, "loss %.5f" % loss.item(), "relative error %.4f" % error.item())
