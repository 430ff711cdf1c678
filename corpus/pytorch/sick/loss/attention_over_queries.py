# Looks up the value which belongs to a key in a list of pairs.
import torch
from torch import nn

torch.manual_seed(0)
PAIRS, KEYS, VALUES = 6, 10, 8


def lookups(n):
    keys = torch.rand(n, KEYS).argsort(1)[:, :PAIRS]
    values = torch.randint(0, VALUES, (n, PAIRS))
    # several questions for each list
    which = torch.randint(0, PAIRS, (n, 3))
    return keys, values, keys.gather(1, which), values.gather(1, which)


class Lookup(nn.Module):
    def __init__(self, d=32):
        super().__init__()
        self.key = nn.Embedding(KEYS, d)
        self.value = nn.Embedding(VALUES, d)
        self.to_q, self.to_k = nn.Linear(d, d), nn.Linear(d, d)
        self.out = nn.Linear(d, VALUES)
        self.scale = d ** -0.5

    def forward(self, keys, values, questions):
        q, k = self.to_q(self.key(questions)), self.to_k(self.key(keys))
        scores = torch.einsum("bqd,bkd->bqk", q, k) * self.scale
        weights = scores.softmax(dim=1)
        return self.out(weights @ self.value(values))


model = Lookup()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(1, 601):
    keys, values, questions, answers = lookups(64)
    logits = model(keys, values, questions)
    loss = nn.functional.cross_entropy(logits.reshape(-1, VALUES), answers.reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        with torch.no_grad():
            keys, values, questions, answers = lookups(300)
            acc = (model(keys, values, questions).argmax(-1) == answers).float().mean()
        print("step=%d loss=%.4f accuracy=%.3f" % (step, loss.item(), acc))
