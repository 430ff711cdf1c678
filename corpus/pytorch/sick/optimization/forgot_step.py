import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
n = 1200
angle = torch.rand(n) * 6.2832
radius = torch.randint(1, 4, (n,)).float()
x = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=1) + 0.1 * torch.randn(n, 2)
y = radius.long() - 1
loader = DataLoader(TensorDataset(x[:1000], y[:1000]), batch_size=25, shuffle=True)

model = nn.Sequential(nn.Linear(2, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3))
criterion = nn.CrossEntropyLoss()
optimizer = optim.Adam(model.parameters(), lr=0.005)

for epoch in range(10):
    running = 0.0
    for inputs, targets in loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, targets)
        loss.backward()
        running += loss.item()
    with torch.no_grad():
        acc = (model(x[1000:]).argmax(dim=1) == y[1000:]).float().mean().item()
    print("[%d] loss: %.3f, acc %.3f" % (epoch + 1, running / len(loader), acc))
