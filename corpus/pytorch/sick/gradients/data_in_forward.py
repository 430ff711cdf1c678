# hand-written Elman network: running weighted sum of a sequence of vectors
import torch
from torch import nn

torch.manual_seed(7)


class Elman(nn.Module):
    def __init__(self, n_in, n_hidden):
        super().__init__()
        self.inp = nn.Linear(n_in, n_hidden)
        self.rec = nn.Linear(n_hidden, n_hidden)
        self.out = nn.Linear(n_hidden, 1)
        self.n_hidden = n_hidden

    def forward(self, x):
        h = torch.zeros(x.size(1), self.n_hidden)
        for x_t in x:
            h = torch.tanh(self.inp(x_t).data + self.rec(h))
        return self.out(h)


weight = torch.randn(12) * 0.3
model = Elman(12, 16)
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for i in range(1, 801):
    x = torch.randn(5, 40, 12)
    target = torch.tanh((x @ weight).sum(0) * 0.6).unsqueeze(1)
    loss = ((model(x) - target) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if i % 100 == 0:
        print("iteration %d mse %.5f" % (i, loss.item()))
