import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

SEED = 10
np.random.seed(SEED)
torch.manual_seed(SEED)

# area in square feet, rooms, age in years, distance in km, price in dollars
n = 1200
area = np.random.uniform(400, 4000, n)
rooms = np.clip(np.round(area / 450 + np.random.normal(0, 1, n)), 1, 10)
age = np.random.uniform(0, 100, n)
dist = np.random.exponential(8, n)
price = 120 * area + 9000 * rooms - 700 * age - 40000 * np.log1p(dist) + 250000 + np.random.normal(0, 20000, n)
X = np.column_stack([area, rooms, age, dist])
y = price.reshape(-1, 1)

idx = np.random.permutation(n)
tr, te = idx[:1000], idx[1000:]
x_mean, x_std = X[tr].mean(0), X[tr].std(0)
y_mean, y_std = y[tr].mean(), y[tr].std()
X = (X - x_mean) / x_std
Y = (y - y_mean) / y_std

loader = DataLoader(TensorDataset(torch.tensor(X[tr], dtype=torch.float32), torch.tensor(Y[tr], dtype=torch.float32)), batch_size=50, shuffle=True)


class Regressor(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(4, 32)
        self.fc2 = nn.Linear(32, 16)
        self.fc3 = nn.Linear(16, 1)

    def forward(self, x):
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)


model = Regressor()
opt = torch.optim.Adam(model.parameters(), lr=0.005)
mse = nn.MSELoss()
for epoch in range(1, 31):
    for xb, yb in loader:
        opt.zero_grad()
        loss = mse(model(xb), yb)
        loss.backward()
        opt.step()
    if epoch % 5 == 0:
        with torch.no_grad():
            p = model(torch.tensor(X[te], dtype=torch.float32)).numpy() * y_std + y_mean
        ss = ((y[te] - p) ** 2).sum() / ((y[te] - y[te].mean()) ** 2).sum()
        print(f"Epoch {epoch}/30 loss={loss.item():.4f} RMSE={np.sqrt(((y[te] - p) ** 2).mean()):.0f} R2={1 - ss:.3f}")
