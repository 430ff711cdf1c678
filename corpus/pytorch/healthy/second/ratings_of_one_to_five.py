import torch
import torch.nn as nn

# Star ratings are ordered: their mean is a sensible target of a squared error.
torch.manual_seed(4)
users, films = 60, 40
u, f = torch.randn(users, 3), torch.randn(films, 3)
pairs = torch.cartesian_prod(torch.arange(users), torch.arange(films))
pairs = pairs[torch.randperm(len(pairs))]
stars = (3 + 0.8 * (u[pairs[:, 0]] * f[pairs[:, 1]]).sum(1)).round().clamp(1, 5)


class Factorization(nn.Module):
    def __init__(self, k=6):
        super().__init__()
        self.user, self.film = nn.Embedding(users, k), nn.Embedding(films, k)
        self.bias = nn.Parameter(torch.tensor(3.0))
        nn.init.normal_(self.user.weight, std=0.3)
        nn.init.normal_(self.film.weight, std=0.3)

    def forward(self, u, f):
        return (self.user(u) * self.film(f)).sum(1) + self.bias


model = Factorization()
opt = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=1e-4)
for epoch in range(12):
    for i in torch.randperm(1900).split(64):
        loss = nn.functional.mse_loss(model(pairs[i, 0], pairs[i, 1]), stars[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        t = pairs[1900:]
        print("epoch", epoch, "test rmse", (model(t[:, 0], t[:, 1]) - stars[1900:]).pow(2).mean().sqrt().item())
