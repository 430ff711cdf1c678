import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.fc1 = nn.Linear(n_in, 64)
        self.bn1 = nn.BatchNorm1d(64)
        self.drop = nn.Dropout(0.6)
        self.fc2 = nn.Linear(64, n_out)

    def forward(self, x):
        return self.fc2(self.drop(torch.relu(self.bn1(self.fc1(x)))))


def fit(model, train_dl, valid_dl, epochs, lr):
    opt = torch.optim.Adam(model.parameters(), lr=lr)
    loss_fn = nn.CrossEntropyLoss()
    history = []
    for epoch in range(epochs):
        for xb, yb in train_dl:
            loss = loss_fn(model(xb), yb)
            loss.backward()
            opt.step()
            opt.zero_grad()
        correct = total = 0
        with torch.no_grad():
            for xb, yb in valid_dl:
                correct += (model(xb).max(1)[1] == yb).sum().item()
                total += yb.shape[0]
        history.append(correct / total)
        print("epoch", epoch + 1, "valid acc", round(history[-1], 4))
    return history


torch.manual_seed(9)
w = torch.randn(20, 4)
x = torch.randn(1500, 20)
y = (x @ w).argmax(1)
train_dl = DataLoader(TensorDataset(x[:1200], y[:1200]), batch_size=40, shuffle=True)
valid_dl = DataLoader(TensorDataset(x[1200:], y[1200:]), batch_size=4)
fit(Net(20, 4), train_dl, valid_dl, 8, 5e-3)
