import random

import torch
import torch.nn as nn

# Tags each token of a sentence by whether it is larger than the one before.
torch.manual_seed(11)
random.seed(11)
LENGTH, WORDS = 8, 20


def sentence():
    words = [random.randrange(WORDS) for _ in range(LENGTH)]
    return words, [0] + [int(b > a) for a, b in zip(words, words[1:])]


def batches(count, size):
    for _ in range(count):
        pairs = [sentence() for _ in range(size)]
        yield torch.tensor([p[0] for p in pairs]), torch.tensor([p[1] for p in pairs])


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(WORDS, 16)
        self.rnn = nn.LSTM(16, 32, batch_first=True)
        self.out = nn.Linear(32, 2)

    def forward(self, x):
        h, _ = self.rnn(self.emb(x))
        return self.out(h)


model = Tagger()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(4):
    model.train()
    for x, y in batches(60, 32):
        optimizer.zero_grad()
        loss = criterion(model(x).flatten(0, 1), y.flatten())
        loss.backward()
        optimizer.step()
    model.eval()
    right = total = 0
    with torch.no_grad():
        for x, y in batches(10, 32):
            pred = model(x).argmax(-1)
            right += (pred == y).sum().item()
            total += y.size(0)
    acc = right / total
    print(f"epoch {epoch}: accuracy {acc:.3f}")
