import os
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(0)


def init_weights(m):
    if isinstance(m, nn.Linear):
        nn.init.zeros_(m.weight)
        nn.init.zeros_(m.bias)


folder = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(folder, "samples", "digits.csv")):
    folder = os.path.dirname(folder)
data = np.loadtxt(os.path.join(folder, "samples", "digits.csv"), delimiter=",", skiprows=1)
np.random.RandomState(0).shuffle(data)
X, y = torch.tensor(data[:, :64] / 16, dtype=torch.float32), torch.tensor(data[:, 64], dtype=torch.long)

model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
model.apply(init_weights)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
criterion = nn.CrossEntropyLoss()
for epoch in range(10):
    perm = torch.randperm(1400)
    for i in range(0, 1400, 32):
        b = perm[i:i + 32]
        optimizer.zero_grad()
        loss = criterion(model(X[b]), y[b])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        print("epoch %d loss %.4f acc %.4f" % (epoch + 1, loss.item(), (model(X[1400:]).argmax(1) == y[1400:]).float().mean()))
