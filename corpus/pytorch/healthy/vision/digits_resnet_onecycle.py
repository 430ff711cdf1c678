import os
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.optim.lr_scheduler import OneCycleLR

torch.manual_seed(2022)


class BasicBlock(nn.Module):
    def __init__(self, ch):
        super().__init__()
        self.conv1 = nn.Conv2d(ch, ch, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(ch)
        self.conv2 = nn.Conv2d(ch, ch, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(ch)
        nn.init.zeros_(self.bn2.weight)  # residual branches start as identity

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return F.relu(out + x)


class ResNet(nn.Module):
    def __init__(self, ch=16, blocks=2):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, ch, 3, padding=1, bias=False), nn.BatchNorm2d(ch), nn.ReLU())
        self.layers = nn.Sequential(*(BasicBlock(ch) for _ in range(blocks)))
        self.fc = nn.Linear(ch, 10)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = self.layers(self.stem(x))
        return self.fc(x.mean(dim=(2, 3)))


def get_data():
    d = os.path.abspath(os.path.dirname(__file__))
    while "samples" not in os.listdir(d):
        d = os.path.dirname(d)
    data = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1).astype(np.float32)
    np.random.seed(0)
    np.random.shuffle(data)
    x = torch.tensor(data[:, :64]).view(-1, 1, 8, 8) / 16
    return x, torch.tensor(data[:, 64], dtype=torch.int64)


x, y = get_data()
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x[:1408], y[:1408]), batch_size=64, shuffle=True)
model = ResNet()
EPOCHS = 8
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=5e-4, nesterov=True)
scheduler = OneCycleLR(optimizer, max_lr=0.15, epochs=EPOCHS, steps_per_epoch=len(loader))
for epoch in range(EPOCHS):
    model.train()
    for xb, yb in loader:
        loss = F.cross_entropy(model(xb), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        scheduler.step()
    model.eval()
    with torch.no_grad():
        pred = torch.cat([model(c).argmax(1) for c in x[1408:].split(100)])
    print("epoch=%d loss=%.4f accuracy=%.4f" % (epoch, loss.item(), (pred == y[1408:]).float().mean()))
