import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
y = torch.randint(0, 4, (800,))
x = torch.randn(800, 1, 10, 10) * 0.4
for i, k in enumerate(y.tolist()):
    x[i, 0, (k // 2) * 5:(k // 2) * 5 + 5, (k % 2) * 5:(k % 2) * 5 + 5] += 0.6


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 8, 3), nn.Conv2d(8, 16, 3)
        self.fc1, self.fc2 = nn.Linear(16 * 36, 64), nn.Linear(64, 4)

    def forward(self, x):
        x = torch.relu(self.conv2(torch.relu(self.conv1(x))))
        return self.fc2(torch.relu(self.fc1(x.flatten(1))))


model = CNN()
optimizer = torch.optim.Adam(model.parameters(), lr=0.5)
criterion = nn.CrossEntropyLoss()
loader = DataLoader(TensorDataset(x, y), batch_size=40, shuffle=True)
for epoch in range(5):
    hits = 0
    for xb, yb in loader:
        optimizer.zero_grad()
        out = model(xb)
        loss = criterion(out, yb)
        loss.backward()
        optimizer.step()
        hits += (out.argmax(1) == yb).sum().item()
    print(f"epoch {epoch} accuracy {hits / 800:.3f}")
