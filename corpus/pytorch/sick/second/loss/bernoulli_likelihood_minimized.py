import torch
from torch import nn

torch.manual_seed(14)
n = 1000
age = torch.rand(n, 1) * 60 + 20
dose = torch.rand(n, 1) * 10
x = torch.cat([(age - 50) / 17, (dose - 5) / 2.9], dim=1)
p_true = torch.sigmoid(2.5 * x[:, 0] - 2 * x[:, 1] + 0.5)
t = torch.bernoulli(p_true)


class Logit(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(2, 16)
        self.final = nn.Linear(16, 1)

    def forward(self, x):
        return torch.sigmoid(self.final(torch.relu(self.hidden(x)))).squeeze(1)


eps = 1e-7
model = Logit()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(15):
    for start in range(0, n, 50):
        xb, tb = x[start:start + 50], t[start:start + 50]
        p = model(xb)
        loss = torch.mean(tb * torch.log(p + eps) + (1 - tb) * torch.log(1 - p + eps))
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        acc = ((model(x) > 0.5).float() == t).float().mean().item()
    print("epoch", epoch, "loss", loss.item(), "accuracy", acc)
