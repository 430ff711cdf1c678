"""The programs that the probe's overhead is measured on. usage: programs.py NAME STEPS; prints processor seconds of the loop, and of what came after its first steps."""

import sys
import time

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 6, 5, padding=2), nn.Conv2d(6, 16, 5)
        self.fc1, self.fc2, self.fc3 = nn.Linear(400, 120), nn.Linear(120, 84), nn.Linear(84, 10)

    def forward(self, x):
        x = functional.max_pool2d(functional.relu(self.conv1(x)), 2)
        x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
        return self.fc3(functional.relu(self.fc2(functional.relu(self.fc1(x.flatten(1))))))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed, self.lstm, self.out = nn.Embedding(100, 32), nn.LSTM(32, 64, batch_first=True), nn.Linear(64, 10)

    def forward(self, x):
        return self.out(self.lstm(self.embed(x))[0][:, -1])


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(100, 64)
        self.body = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 128, batch_first=True), 3)
        self.out = nn.Linear(64, 10)

    def forward(self, x):
        return self.out(self.body(self.embed(x)).mean(1))


def deep():
    layers = [nn.Linear(64, 64)]
    for _ in range(29):
        layers += [nn.ReLU(), nn.Linear(64, 64)]
    return nn.Sequential(*layers, nn.Linear(64, 10))


# Network, shape of an example (or length of a text), examples in a batch, steps.
PROGRAMS = {
    "MLP": (lambda: nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)), (784,), 64, 3000),
    "LeNet": (LeNet, (1, 28, 28), 64, 800),
    "deep MLP": (deep, (64,), 64, 1500),
    "LSTM": (Recurrent, 20, 32, 1000),
    "Transformer": (Attention, 20, 32, 400),
    "tiny batches": (lambda: nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 10)), (8,), 4, 12000),
}


def main(name, steps):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    make, shape, size, _ = PROGRAMS[name]
    x = torch.randint(100, (2048, shape)) if isinstance(shape, int) else torch.randn(2048, *shape)
    y = torch.randint(10, (2048,))
    train = DataLoader(TensorDataset(x, y), size, shuffle=True)
    held_out = DataLoader(TensorDataset(x[:256], y[:256]), size)
    net = make()
    optimizer = torch.optim.SGD(net.parameters(), 0.01, momentum=0.9)
    criterion = nn.CrossEntropyLoss()
    done, began, start = 0, time.process_time(), 0.0
    while done < steps:
        net.train()
        for inputs, labels in train:
            optimizer.zero_grad()
            loss = criterion(net(inputs), labels)
            loss.backward()
            optimizer.step()
            done += 1
            if done == WARM:
                start = time.process_time()
            if done == steps:
                break
        net.eval()
        with torch.no_grad():
            right = sum((net(inputs).argmax(1) == labels).sum().item() for inputs, labels in held_out)
    now = time.process_time()
    print((now - began) / steps, (now - start) / (steps - WARM), right)


WARM = 200

if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
