import torch
from torch import nn

torch.manual_seed(6)


class AttentionPool(nn.Module):
    """Weights the instances of a bag by a learned query."""

    def __init__(self, dim):
        super().__init__()
        self.query = torch.randn(dim, requires_grad=True)
        self.scale = torch.zeros(1, requires_grad=True)
        self.out = nn.Linear(dim, 1)

    def forward(self, bag):
        weight = torch.softmax(bag @ self.query * self.scale.exp(), dim=1)
        return self.out((weight.unsqueeze(-1) * bag).sum(1)).squeeze(1)


n, size, dim = 800, 10, 8
bags = torch.randn(n, size, dim)
key = torch.randint(0, size, (n,))
bags[torch.arange(n), key, 0] += 4
target = bags[torch.arange(n), key, 1]
model = AttentionPool(dim)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(30):
    for i in range(0, 640, 32):
        optimizer.zero_grad()
        loss = (model(bags[i:i + 32]) - target[i:i + 32]).pow(2).mean()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        val = (model(bags[640:]) - target[640:]).pow(2).mean().item()
    print("epoch", epoch, "val", round(val, 4))
