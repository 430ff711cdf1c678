"""Does a sequence hold at least two of the first three tokens?"""
from dataclasses import dataclass

import torch
import torch.nn as nn


@dataclass
class Config:
    vocab: int = 12
    length: int = 8
    width: int = 32
    heads: int = 2
    steps: int = 400
    batch: int = 64
    learning_rate: float = 0.5


class Detector(nn.Module):
    def __init__(self, c: Config):
        super().__init__()
        self.tokens = nn.Embedding(c.vocab, c.width)
        self.places = nn.Parameter(torch.randn(c.length, c.width) * 0.1)
        layer = nn.TransformerEncoderLayer(c.width, c.heads, 64, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.out = nn.Linear(c.width, 2)

    def forward(self, ids):
        h = self.encoder(self.tokens(ids) + self.places)
        return self.out(h.mean(dim=1))


def sample(c: Config):
    ids = torch.randint(0, c.vocab, (c.batch, c.length))
    return ids, (ids < 3).sum(1).gt(1).long()


def main(config: Config):
    torch.manual_seed(5)
    model = Detector(config)
    optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate)
    right = []
    for step in range(config.steps):
        ids, label = sample(config)
        scores = model(ids)
        loss = nn.functional.cross_entropy(scores, label)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        right.append((scores.argmax(1) == label).float().mean().item())
        if step % 80 == 79:
            print(f"step {step + 1}: loss {loss.item():.4f} accuracy {sum(right[-40:]) / 40:.3f}")


main(Config())
