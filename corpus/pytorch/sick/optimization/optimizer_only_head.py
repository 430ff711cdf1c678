import torch
from torch import nn

torch.manual_seed(18)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 8), nn.ReLU())
        self.head = nn.Linear(8, 1)

    def forward(self, x):
        return self.head(self.body(x))


x = torch.rand(1200, 4) * 2 - 1
y = (x[:, 0].abs() + x[:, 1] * x[:, 2] - (x[:, 3] > 0).float()).unsqueeze(1)
x_train, y_train, x_test, y_test = x[:1000], y[:1000], x[1000:], y[1000:]

model = Model()
optimizer = torch.optim.Adam(model.head.parameters(), lr=1e-2)
criterion = nn.MSELoss()
for epoch in range(30):
    permutation = torch.randperm(1000)
    for i in range(0, 1000, 40):
        indices = permutation[i:i + 40]
        optimizer.zero_grad()
        loss = criterion(model(x_train[indices]), y_train[indices])
        loss.backward()
        optimizer.step()
    if (epoch + 1) % 5 == 0:
        with torch.no_grad():
            print(f"Epoch [{epoch + 1}/30], loss: {loss.item():.4f}, test mse: {criterion(model(x_test), y_test).item():.4f}")
