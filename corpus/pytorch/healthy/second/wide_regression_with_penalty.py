import torch
import torch.nn as nn

torch.manual_seed(17)
x = torch.randn(400, 50)
y = x[:, :3].sum(1, keepdim=True) + 0.1 * torch.randn(400, 1)
model = nn.Linear(50, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.02)
for epoch in range(40):
    for i in torch.randperm(300).split(20):
        mse = (model(x[i]) - y[i]).pow(2).mean()
        loss = mse + 0.02 * model.weight.abs().sum()
        opt.zero_grad()
        loss.backward()
        opt.step()
    if epoch % 10 == 9:
        with torch.no_grad():
            print("epoch", epoch, "val mse", (model(x[300:]) - y[300:]).pow(2).mean().item(), "zeros", (model.weight.abs() < 0.02).sum().item())
