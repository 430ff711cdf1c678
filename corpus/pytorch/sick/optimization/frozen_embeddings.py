"""Part of speech from the word alone, with a tiny embedding."""
import random
import torch
from torch import nn

random.seed(40)
torch.manual_seed(40)
letters = "abcdefghijklmnop"
vocab = sorted({"".join(random.choice(letters) for _ in range(4)) for _ in range(120)})
kind_of = {w: random.randrange(4) for w in vocab}
index = {w: i for i, w in enumerate(vocab)}


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding.from_pretrained(torch.randn(len(vocab), 3))
        self.linear = nn.Linear(3, 4)

    def forward(self, ids):
        return self.linear(self.embedding(ids))


tagger = Tagger()
optimizer = torch.optim.Adam([p for p in tagger.parameters() if p.requires_grad], lr=0.05)
for step in range(400):
    words = random.choices(vocab, k=64)
    ids = torch.tensor([index[w] for w in words])
    kinds = torch.tensor([kind_of[w] for w in words])
    scores = tagger(ids)
    loss = nn.CrossEntropyLoss()(scores, kinds)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 80 == 79:
        print("step", step + 1, "loss", round(loss.item(), 4), "accuracy", (scores.argmax(1) == kinds).float().mean().item())
