import numpy as np, torch, os
import torch.nn as nn

torch.manual_seed(0)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(d + "/samples/digits.csv"): d = os.path.dirname(d)
m = np.loadtxt(d + "/samples/digits.csv", delimiter=",", skiprows=1)
np.random.RandomState(0).shuffle(m)
X, Y = torch.tensor(m[:, :64] / 16, dtype=torch.float), torch.tensor(m[:, 64], dtype=torch.long)

net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9, weight_decay=0.3)
crit = nn.CrossEntropyLoss()
for ep in range(10):
    for ix in torch.randperm(1400).split(32):
        optimizer.zero_grad()
        l = crit(net(X[ix]), Y[ix])
        l.backward()
        optimizer.step()
    with torch.no_grad():
        o = net(X[1400:])
        print("ep=%d loss=%.3f acc=%.3f" % (ep, crit(o, Y[1400:]), (o.argmax(1) == Y[1400:]).float().mean()))
