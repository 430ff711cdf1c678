import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(5)


class MultiHead(nn.Module):
    def __init__(self, n_in, n_hidden, depth):
        super().__init__()
        self.first = nn.Linear(n_in, n_hidden)
        self.hidden = [nn.Linear(n_hidden, n_hidden) for _ in range(depth)]
        self.last = nn.Linear(n_hidden, 1)

    def forward(self, x):
        x = F.relu(self.first(x))
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.last(x)


x = torch.rand(600, 2) * 4 - 2
y = torch.sin(x[:, :1] * 2) * torch.cos(x[:, 1:] * 2)
model = MultiHead(2, 20, 2)
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(60):
    for idx in torch.randperm(600).split(30):
        loss = F.mse_loss(model(x[idx]), y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 10 == 9:
        print("epoch", epoch, "mse", loss.item(), "parameters", sum(p.numel() for p in model.parameters()))
