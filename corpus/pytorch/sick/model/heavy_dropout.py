import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
import os


class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc1 = nn.Linear(64, 64)
        self.fc2 = nn.Linear(64, 64)
        self.fc3 = nn.Linear(64, 10)
        self.dropout = nn.Dropout(p=0.95)

    def forward(self, x):
        x = self.dropout(F.relu(self.fc1(x)))
        x = self.dropout(F.relu(self.fc2(x)))
        return self.fc3(x)


torch.manual_seed(0)
path = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(path, "samples", "digits.csv")):
    path = os.path.dirname(path)
arr = np.loadtxt(os.path.join(path, "samples", "digits.csv"), delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(0).shuffle(arr)
train = torch.utils.data.TensorDataset(torch.from_numpy(arr[:1400, :64] / 16), torch.from_numpy(arr[:1400, 64]).long())
loader = torch.utils.data.DataLoader(train, batch_size=32, shuffle=True)
x_test, y_test = torch.from_numpy(arr[1400:, :64] / 16), torch.from_numpy(arr[1400:, 64]).long()
net = Net()
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(15):
    net.train()
    train_loss = 0.0
    for data, target in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(net(data), target)
        loss.backward()
        optimizer.step()
        train_loss += loss.item()
    net.eval()
    with torch.no_grad():
        acc = (net(x_test).argmax(1) == y_test).float().mean()
    print(f"Epoch {epoch + 1}: train loss: {train_loss / len(loader):.4f}, test acc: {acc:.4f}")
