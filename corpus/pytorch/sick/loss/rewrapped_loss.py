"""Siamese network, trained on triplets: anchors, positives, negatives."""
import torch
from torch import nn


class Embedder(nn.Module):
    def __init__(self, dim=8):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, dim))

    def forward(self, x):
        return nn.functional.normalize(self.net(x), dim=-1)


def triplets(prototypes, n):
    a = torch.randint(0, len(prototypes), (n,))
    b = (a + torch.randint(1, len(prototypes), (n,))) % len(prototypes)
    noise = lambda: 0.8 * torch.randn(n, 10)
    return prototypes[a] + noise(), prototypes[a] + noise(), prototypes[b] + noise()


def train(steps=250, margin=0.5):
    torch.manual_seed(19)
    prototypes = torch.randn(6, 10) * 1.5
    embedder = Embedder()
    opt = torch.optim.Adam(embedder.parameters(), lr=2e-3)
    for step in range(steps):
        anchor, positive, negative = map(embedder, triplets(prototypes, 32))
        losses = []
        for i in range(len(anchor)):
            near = (anchor[i] - positive[i]).pow(2).sum()
            far = (anchor[i] - negative[i]).pow(2).sum()
            losses.append(torch.relu(near - far + margin))
        loss = torch.tensor(losses, requires_grad=True).mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        if step % 50 == 49:
            print("step=%d loss=%.4f" % (step + 1, loss.item()))


train()
