import numpy as np
import torch
import torch.nn as nn

np.random.seed(0)
torch.manual_seed(0)
n = 1000
pressure = np.random.normal(101325, 1500, n)       # Pa
rpm = np.random.normal(3000, 300, n)
temperature = np.random.normal(350, 15, n)         # K
flow = np.random.normal(0.02, 0.005, n)            # m3/s
score = (pressure - 101325) / 1500 + (rpm - 3000) / 300 - (temperature - 350) / 15 + 2 * (flow - 0.02) / 0.005
label = np.digitize(score, [-1.2, 1.2])

X = np.column_stack([pressure, rpm, temperature, flow])
X = torch.tensor(X, dtype=torch.float32)
y = torch.tensor(label, dtype=torch.long)

model = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 3))
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
for epoch in range(30):
    for batch in torch.randperm(800).split(20):
        optimizer.zero_grad()
        loss = loss_fn(model(X[batch]), y[batch])
        loss.backward()
        optimizer.step()
    if epoch % 5 == 4:
        with torch.no_grad():
            print(epoch + 1, "loss", round(loss.item(), 3), "acc", (model(X[800:]).argmax(1) == y[800:]).float().mean().item())
