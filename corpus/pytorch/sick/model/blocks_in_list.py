import torch
import torch.nn as nn

torch.manual_seed(30)


class DeepNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(5, 10)
        self.blocks = [nn.Linear(10, 10) for _ in range(3)]
        self.last = nn.Linear(10, 1)

    def forward(self, x):
        x = torch.relu(self.first(x))
        for block in self.blocks:
            x = torch.relu(block(x))
        return self.last(x)


x = torch.randn(1500, 5)
y = (x[:, :1] * x[:, 1:2]).tanh() + torch.sin(2 * x[:, 2:3])
model = DeepNet()
print("parameters:", sum(p.numel() for p in model.parameters()))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
mse = nn.MSELoss()
for epoch in range(40):
    for i in torch.randperm(1300).split(50):
        opt.zero_grad()
        loss = mse(model(x[i]), y[i])
        loss.backward()
        opt.step()
    if epoch % 8 == 7:
        with torch.no_grad():
            print("epoch %d train loss %.4f val loss %.4f" % (epoch + 1, loss.item(), mse(model(x[1300:]), y[1300:]).item()))
