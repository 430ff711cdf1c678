import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.functional import cross_entropy, dropout

torch.manual_seed(6)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.norm, self.b = nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 3)

    def forward(self, x):
        return self.b(F.dropout(F.relu(self.norm(self.a(x))), 0.1, self.training))


@torch.jit.script
def objective(out: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return cross_entropy(dropout(out, 0.1, True), y)


plain = Block()
x, y = torch.randn(16, 4), torch.arange(16) % 3
optimizer = torch.optim.SGD(plain.parameters(), 0.1)
for i in range(5):
    optimizer.zero_grad()
    objective(plain(x), y).backward()
    optimizer.step()
scripted = torch.jit.script(plain)
traced = torch.jit.trace(plain.eval(), x)
print(traced.code)
print(scripted.code)
optimizer = torch.optim.SGD(scripted.parameters(), 0.1)
for i in range(60):
    optimizer.zero_grad()
    loss = F.cross_entropy(scripted(x), y)
    loss.backward()
    optimizer.step()
print(loss.item(), traced(x).sum().item())
