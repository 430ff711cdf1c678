import torch
import torch.nn as nn

torch.manual_seed(0)
# two well separated classes, a few far away from the rest
x = torch.cat([torch.randn(300, 2) * 0.6 + 2, torch.randn(300, 2) * 0.6 - 2, torch.tensor([[40., 38.], [-45., -40.]])])
y = torch.cat([torch.ones(300), torch.zeros(300), torch.tensor([1., 0.])]).unsqueeze(1)
model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1), nn.Sigmoid())
optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
for epoch in range(300):
    p = model(x)
    loss = -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if epoch % 30 == 29:
        print("epoch", epoch + 1, "loss", loss.item())
