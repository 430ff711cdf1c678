import numpy as np
import torch
from torch import nn

np.random.seed(9)
torch.manual_seed(9)
# change of a price from five indicators: falls about as often as it rises
X = np.random.randn(1200, 5).astype(np.float32)
ret = (0.8 * X[:, 0] - 0.6 * X[:, 1] + 0.4 * X[:, 2] * X[:, 3] + 0.1 * np.random.randn(1200)).astype(np.float32)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(5, 48)
        self.out = nn.Linear(48, 1)

    def forward(self, x):
        h = torch.relu(self.hidden(x))
        return torch.relu(self.out(h))


X, ret = torch.from_numpy(X), torch.from_numpy(ret).unsqueeze(1)
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=0.005)
loss_fn = nn.MSELoss()
for epoch in range(1, 31):
    net.train()
    for rows in torch.randperm(1000).split(50):
        optimizer.zero_grad()
        loss = loss_fn(net(X[rows]), ret[rows])
        loss.backward()
        optimizer.step()
    if epoch % 5 == 0:
        net.eval()
        with torch.no_grad():
            print(f"Epoch {epoch}: train loss {loss.item():.4f} test MSE: {loss_fn(net(X[1000:]), ret[1000:]).item():.4f}")
