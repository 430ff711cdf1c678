import numpy as np
import torch

np.random.seed(2)
torch.manual_seed(2)
n = 400
data = np.random.uniform(-2, 2, (n, 3))
price = data[:, 0] ** 2 - data[:, 1] * data[:, 2] + np.random.randn(n) * 0.3
split = 300
X, y = torch.FloatTensor(data[:split]), torch.FloatTensor(price[:split])
X_val, y_val = torch.FloatTensor(data[:split][-100:]), torch.FloatTensor(price[:split][-100:])

model = torch.nn.Sequential(torch.nn.Linear(3, 80), torch.nn.ReLU(), torch.nn.Linear(80, 80), torch.nn.ReLU(), torch.nn.Linear(80, 1))
opt = torch.optim.Adam(model.parameters(), 0.004)
for epoch in range(60):
    model.train()
    p = np.random.permutation(split)
    for k in range(0, split, 20):
        idx = p[k:k + 20]
        opt.zero_grad()
        err = (model(X[idx]).squeeze(1) - y[idx]).pow(2).mean()
        err.backward()
        opt.step()
    if epoch % 10 == 9:
        model.eval()
        with torch.no_grad():
            val = (model(X_val).squeeze(1) - y_val).pow(2).mean()
        print("epoch", epoch, "val mse %.4f" % val.item())
