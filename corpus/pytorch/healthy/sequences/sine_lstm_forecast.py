# predicts the next value of a noisy sum of sines with an LSTM
import numpy as np
import torch
from torch import nn

np.random.seed(0)
torch.manual_seed(0)


def make_windows(series, lookback):
    xs, ys = [], []
    for i in range(len(series) - lookback):
        xs.append(series[i:i + lookback])
        ys.append(series[i + lookback])
    return np.array(xs, dtype=np.float32)[..., None], np.array(ys, dtype=np.float32)[:, None]


t = np.arange(1200)
series = np.sin(t / 8) + 0.5 * np.sin(t / 21 + 1) + np.random.normal(0, 0.05, t.shape)
split = 900
mu, sd = series[:split].mean(), series[:split].std()
series = (series - mu) / sd
x_train, y_train = make_windows(series[:split], 30)
x_test, y_test = make_windows(series[split:], 30)


class Forecaster(nn.Module):
    def __init__(self, hidden_size=32):
        super().__init__()
        self.lstm = nn.LSTM(input_size=1, hidden_size=hidden_size, batch_first=True)
        self.linear = nn.Linear(hidden_size, 1)

    def forward(self, x):
        _, (h_n, _) = self.lstm(x)
        return self.linear(h_n[-1])


model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
loss_function = nn.MSELoss()
x_train, y_train, x_test, y_test = map(torch.from_numpy, (x_train, y_train, x_test, y_test))
for epoch in range(12):
    model.train()
    order = torch.randperm(len(x_train))
    for start in range(0, len(order), 64):
        sel = order[start:start + 64]
        optimizer.zero_grad()
        loss = loss_function(model(x_train[sel]), y_train[sel])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print(f"epoch {epoch}  train mse: {loss.item():.4f}  test mse: {loss_function(model(x_test), y_test).item():.4f}")
