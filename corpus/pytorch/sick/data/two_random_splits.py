"""Convolutional digit classifier with separate factories for the two loaders."""
import numpy as np
import torch
import torch.nn as nn
from pathlib import Path
from torch.utils.data import DataLoader, TensorDataset, random_split


def find(name):
    folder = Path(__file__).resolve().parent
    while not (folder / name).exists():
        folder = folder.parent
    return folder / name


def get_loaders(batch_size):
    rows = torch.tensor(np.loadtxt(find("samples/digits.csv"), delimiter=",", skiprows=1), dtype=torch.float32)
    data = TensorDataset(rows[:, :64].view(-1, 1, 8, 8) / 16.0 - 0.3, rows[:, 64].long())
    n_train = int(len(data) * 0.8)
    train_part, _ = random_split(data, [n_train, len(data) - n_train])
    train_loader = DataLoader(train_part, batch_size=batch_size, shuffle=True)
    _, valid_part = random_split(data, [n_train, len(data) - n_train])
    valid_loader = DataLoader(valid_part, batch_size=batch_size)
    return train_loader, valid_loader


class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 10, 3)
        self.c2 = nn.Conv2d(10, 20, 3)
        self.fc = nn.Linear(20 * 4, 10)

    def forward(self, x):
        x = torch.relu(self.c1(x))
        x = nn.functional.max_pool2d(torch.relu(self.c2(x)), 2)
        return self.fc(x.flatten(1))


def main():
    torch.manual_seed(77)
    train_loader, valid_loader = get_loaders(48)
    model = ConvNet()
    opt = torch.optim.Adam(model.parameters(), lr=3e-3)
    for epoch in range(8):
        model.train()
        for x, y in train_loader:
            loss = nn.functional.cross_entropy(model(x), y)
            opt.zero_grad()
            loss.backward()
            opt.step()
        model.eval()
        good = n = 0
        with torch.no_grad():
            for x, y in valid_loader:
                good += (model(x).argmax(1) == y).sum().item()
                n += len(y)
        print(f"epoch: {epoch}  loss: {loss.item():.4f}  val_accuracy: {good / n:.4f}")


if __name__ == "__main__":
    main()
