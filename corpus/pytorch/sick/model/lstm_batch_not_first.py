import math
import torch
import torch.nn as nn

torch.manual_seed(0)


def make_dataset(n, seq_len=24):
    """Up or down chirps with a random phase: (n, seq_len, 1)."""
    t = torch.linspace(0, 1, seq_len)
    up = torch.randint(0, 2, (n,))
    phase = 2 * math.pi * torch.rand(n, 1)
    f = torch.where(up[:, None] == 1, 2 + 5 * t, 7 - 5 * t)
    x = torch.sin(2 * math.pi * f * t + phase) + 0.1 * torch.randn(n, seq_len)
    return x.unsqueeze(-1), up


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(1, 32)
        self.fc = nn.Linear(32, 2)

    def forward(self, x):
        out, _ = self.lstm(x)
        return self.fc(out[:, -1, :])


x_train, y_train = make_dataset(800)
x_test, y_test = make_dataset(200)
model = Classifier()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(15):
    for idx in torch.randperm(800).split(32):
        optimizer.zero_grad()
        loss = criterion(model(x_train[idx]), y_train[idx])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        acc = (model(x_test).argmax(1) == y_test).float().mean()
    print(f"epoch {epoch + 1}, loss {loss.item():.4f}, accuracy {acc.item():.4f}")
