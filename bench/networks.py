"""The networks of bench/Pessimist.Bench/Workload.cs as one writes them in PyTorch."""
import math

import torch
import torch.nn.functional as F
from torch import nn


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        x = self.relu(self.fc1(x.flatten(1)))
        x = self.relu(self.fc2(x))
        return self.fc3(x)


class Block(nn.Module):
    def __init__(self, channels, out):
        super().__init__()
        self.stride = 1 if channels == out else 2
        self.grow = (out - channels) // 2
        self.conv1 = nn.Conv2d(channels, out, 3, stride=self.stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.stride == 2:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.grow, self.grow))
        return F.relu(y + x)


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        widths = [16, 16, 16, 32, 32, 32, 64, 64, 64]
        self.blocks = nn.Sequential(*[Block(a, b) for a, b in zip([16] + widths, widths)])
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = self.blocks(F.relu(self.bn1(self.conv1(x))))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(32, 128, batch_first=True)
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        return self.fc(self.lstm(x)[1][0][-1])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        width = 128
        self.embed = nn.Linear(32, width)
        position = torch.arange(64).unsqueeze(1)
        angle = position * torch.exp(torch.arange(0, width, 2) * (-math.log(10000.0) / width))
        self.register_buffer("positions", torch.stack([angle.sin(), angle.cos()], 2).flatten(1))
        layer = nn.TransformerEncoderLayer(width, 4, 4 * width, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, 4, norm=nn.LayerNorm(width))
        self.fc = nn.Linear(width, 10)

    def forward(self, x):
        return self.fc(self.encoder(self.embed(x) + self.positions).mean(1))


NETWORKS = {
    "mlp": ("MLP 64-128-10", lambda: nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10)), (64,)),
    "lenet": ("LeNet 28x28", LeNet, (1, 28, 28)),
    "resnet20": ("ResNet-20 32x32", ResNet20, (3, 32, 32)),
    "lstm": ("LSTM 50x32 to 128", Lstm, (50, 32)),
    "transformer": ("Transformer 4 x 128, T 64", Transformer, (64, 32)),
}


def training(name, batch):
    _, build, shape = NETWORKS[name]
    net = build()
    adam = torch.optim.Adam(net.parameters())
    loss_function = nn.CrossEntropyLoss()
    x, y = torch.randn(batch, *shape), torch.randint(0, 10, (batch,))

    def step():
        adam.zero_grad(set_to_none=True)
        loss_function(net(x), y).backward()
        adam.step()

    return step


def inference(name, batch):
    _, build, shape = NETWORKS[name]
    net = build().eval()
    x = torch.randn(batch, *shape)

    def step():
        with torch.inference_mode():
            net(x)

    return step
