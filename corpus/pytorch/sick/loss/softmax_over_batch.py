import numpy as np
import torch
import torch.nn as nn
from pathlib import Path


class Model(nn.Module):
    def __init__(self, n_in, n_hidden, n_out):
        super().__init__()
        self.l1 = nn.Linear(n_in, n_hidden)
        self.act = nn.ReLU()
        self.l2 = nn.Linear(n_hidden, n_out)
        self.softmax = nn.LogSoftmax(dim=0)

    def forward(self, x):
        return self.softmax(self.l2(self.act(self.l1(x))))


def main():
    torch.manual_seed(3)
    folder = Path(__file__).resolve().parent
    while not (folder / "samples" / "digits.csv").exists():
        folder = folder.parent
    raw = np.loadtxt(folder / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
    np.random.RandomState(3).shuffle(raw)
    x, y = torch.from_numpy(raw[:, :64] / 16), torch.from_numpy(raw[:, 64]).long()
    model = Model(64, 32, 10)
    criterion = nn.NLLLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    n_batches = 0
    for epoch in range(8):
        order = torch.randperm(1400)
        for rows in order.split(20):
            optimizer.zero_grad()
            loss = criterion(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            n_batches += 1
            if n_batches % 100 == 0:
                print("batch %5d loss %.4f" % (n_batches, loss.item()))
    with torch.no_grad():
        print("accuracy: %.4f" % (model(x[1400:]).argmax(1) == y[1400:]).float().mean().item())


main()
