import torch
import torch.nn as nn

torch.manual_seed(23)
x = torch.randn(1000, 10)
y = torch.sin(x[:, :1]) + 0.5 * x[:, 1:2] * x[:, 2:3]
model = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 1))
loss_fn = nn.MSELoss()
lr = 0.05
for epoch in range(15):
    for i in range(0, 1000, 50):
        loss = loss_fn(model(x[i:i + 50]), y[i:i + 50])
        loss.backward()
        with torch.no_grad():
            for p in model.parameters():
                p -= lr * p.grad
    print("epoch", epoch, "loss", loss.item())
