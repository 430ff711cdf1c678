import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset
from pathlib import Path

torch.manual_seed(0)
root = next(p for p in Path(__file__).resolve().parents if (p / "samples" / "digits.csv").exists())
data = np.loadtxt(root / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(0).shuffle(data)
x_train, y_train = torch.from_numpy(data[:1400, :64] / 16), torch.from_numpy(data[:1400, 64]).long()
x_test, y_test = torch.from_numpy(data[1400:, :64] / 16), torch.from_numpy(data[1400:, 64]).long()


class FeedForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear_relu_stack = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))

    def forward(self, x):
        return self.linear_relu_stack(x)


model = FeedForward()
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-7)
loader = DataLoader(TensorDataset(x_train, y_train), batch_size=64, shuffle=True)
for t in range(15):
    model.train()
    for batch, (X, y) in enumerate(loader):
        pred = model(X)
        loss = loss_fn(pred, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(f"Epoch {t + 1}: loss: {loss.item():>7f}  Acc: {(model(x_test).argmax(1) == y_test).float().mean():.4f}")
