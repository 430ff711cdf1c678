"""Recommender: sparse embeddings with SparseAdam, the rest with Adam, cyclic learning rate."""
import torch
import torch.nn as nn


class Recommender(nn.Module):
    def __init__(self, users, items, dim=8):
        super().__init__()
        self.user = nn.Embedding(users, dim, sparse=True)
        self.item = nn.Embedding(items, dim, sparse=True)
        self.mlp = nn.Sequential(nn.Linear(2 * dim, 32), nn.ReLU(), nn.Linear(32, 1))
        nn.init.normal_(self.user.weight, std=0.3)
        nn.init.normal_(self.item.weight, std=0.3)

    def forward(self, u, i):
        a, b = self.user(u), self.item(i)
        return (a * b).sum(1) + self.mlp(torch.cat([a, b], 1)).squeeze(1)


torch.manual_seed(42)
U, I, N = 80, 50, 6000
taste, kind = torch.randn(U, 2), torch.randn(I, 2)
u, i = torch.randint(0, U, (N,)), torch.randint(0, I, (N,))
stars = (taste[u] * kind[i]).sum(1) * 0.7 + 0.3 * torch.randn(N)
model = Recommender(U, I)
sparse = torch.optim.SparseAdam(list(model.user.parameters()) + list(model.item.parameters()), lr=0.01)
dense = torch.optim.SGD(model.mlp.parameters(), lr=0.005, momentum=0.9)
cyclic = torch.optim.lr_scheduler.CyclicLR(dense, base_lr=0.005, max_lr=0.05, step_size_up=60)
for epoch in range(12):
    total = 0.0
    for b in torch.randperm(5000).split(100):
        loss = nn.functional.mse_loss(model(u[b], i[b]), stars[b])
        sparse.zero_grad()
        dense.zero_grad()
        loss.backward()
        sparse.step()
        dense.step()
        cyclic.step()
        total += loss.item()
    with torch.no_grad():
        rmse = nn.functional.mse_loss(model(u[5000:], i[5000:]), stars[5000:]).sqrt().item()
    print(f"epoch {epoch} mse {total / 50:.4f} rmse {rmse:.4f} lr {cyclic.get_last_lr()[0]:.4f}")
