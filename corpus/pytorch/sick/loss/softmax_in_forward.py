import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(64, 48)
        self.fc2 = nn.Linear(48, 10)

    def forward(self, x):
        x = x.view(x.size(0), -1)
        x = F.relu(self.fc1(x))
        return F.softmax(self.fc2(x), dim=1)


def load_digits():
    path = os.path.dirname(os.path.abspath(__file__))
    while not os.path.exists(os.path.join(path, "samples", "digits.csv")):
        path = os.path.dirname(path)
    d = np.loadtxt(os.path.join(path, "samples", "digits.csv"), delimiter=",", skiprows=1)
    np.random.RandomState(5).shuffle(d)
    return torch.tensor(d[:, :64] / 16, dtype=torch.float32).reshape(-1, 1, 8, 8), torch.tensor(d[:, 64]).long()


x, y = load_digits()
train_set = torch.utils.data.TensorDataset(x[:1400], y[:1400])
loader = torch.utils.data.DataLoader(train_set, batch_size=50, shuffle=True)
model = Net()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

for epoch in range(12):
    model.train()
    for images, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        out = model(x[1400:])
        val = criterion(out, y[1400:]).item()
        acc = (out.argmax(1) == y[1400:]).float().mean().item()
    print("epoch %d, val loss %.4f, val acc %.3f" % (epoch, val, acc))
