import numpy as np
import torch
import torch.nn as nn

rng = np.random.RandomState(3)
torch.manual_seed(3)
# columns: length, width, variety (1, 2 or 3)
rows = []
for variety, (length, width) in enumerate([(5.0, 3.4), (5.9, 2.8), (6.6, 3.0)], start=1):
    for _ in range(100):
        rows.append([rng.normal(length, 0.15), rng.normal(width, 0.15), variety])
rows = np.array(rows)
rng.shuffle(rows)
features = ((rows[:, :2] - rows[:, :2].mean(0)) / rows[:, :2].std(0)).astype(np.float32)
labels = rows[:, 2].astype(np.int64)

x, y = torch.from_numpy(features), torch.from_numpy(labels)
net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 3))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(40):
    for i in range(0, 300, 30):
        inputs, labels = x[i:i + 30], y[i:i + 30]
        optimizer.zero_grad()
        outputs = net(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
    if epoch % 10 == 9:
        print("epoch", epoch + 1, "acc:", (net(x).argmax(1) == y).float().mean().item())
