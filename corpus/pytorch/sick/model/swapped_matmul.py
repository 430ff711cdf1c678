"""Graph convolution by hand: two communities, few labels."""
import torch
from torch import nn


class GraphConv(nn.Module):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_in, n_out))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x, adj):
        support = x @ self.weight.t()
        return adj @ support


def graph(n=80):
    side = torch.arange(n) % 2
    p = torch.where(side[:, None] == side[None], 0.25, 0.03)
    a = torch.bernoulli(p).triu(1)
    a = a + a.t() + torch.eye(n)
    d = a.sum(1).rsqrt()
    return side, d[:, None] * a * d[None]


torch.manual_seed(20)
side, adj = graph()
features = torch.randn(80, 6) + 0.4 * side[:, None]
known = torch.randperm(80)[:12]
unknown = torch.ones(80, dtype=torch.bool)
unknown[known] = False
first, second = GraphConv(6, 16), GraphConv(16, 2)
opt = torch.optim.Adam([*first.parameters(), *second.parameters()], lr=0.02, weight_decay=5e-4)
for epoch in range(60):
    h = torch.relu(first(features, adj))
    out = second(h, adj)
    loss = nn.functional.cross_entropy(out[known], side[known])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 20 == 19:
        print("epoch %d loss %.3f unlabelled acc=%.3f" % (epoch + 1, loss.item(), (out.argmax(1) == side)[unknown].float().mean().item()))
