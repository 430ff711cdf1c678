"""Matrix factorization of ratings."""
import torch
import torch.nn as nn


class Factors(nn.Module):
    def __init__(self, users, items, k=4):
        super().__init__()
        self.users = users
        self.table = nn.Parameter(torch.randn(users + items, k))
        self.mean = nn.Parameter(torch.zeros(1))

    def rescale(self, scale):
        table = self.table.detach().clone()
        self.table = nn.Parameter(table * scale)

    def forward(self, u, i):
        return self.mean + (self.table[u] * self.table[self.users + i]).sum(1)


g = torch.Generator().manual_seed(3)
torch.manual_seed(3)
U, I = 60, 40
pu, qi = torch.randn(U, 3, generator=g), torch.randn(I, 3, generator=g)
u, i = torch.randint(0, U, (5000,), generator=g), torch.randint(0, I, (5000,), generator=g)
rating = 3 + (pu[u] * qi[i]).sum(1) * 0.6 + 0.1 * torch.randn(5000, generator=g)

model = Factors(U, I)
opt = torch.optim.Adam(model.parameters(), lr=0.05)
model.rescale(0.5)
for epoch in range(15):
    for b in torch.randperm(4500).split(250):
        loss = (model(u[b], i[b]) - rating[b]).pow(2).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        rmse = (model(u[4500:], i[4500:]) - rating[4500:]).pow(2).mean().sqrt()
    print(f"epoch {epoch} loss {loss.item():.3f} rmse {rmse.item():.3f}")
