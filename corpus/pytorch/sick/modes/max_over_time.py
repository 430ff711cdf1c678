# tags each of six notes of a bar with one of six functions; metric computed by hand
import torch
from torch import nn

torch.manual_seed(22)
NOTES, TAGS, LENGTH = 14, 6, 6


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(NOTES, 16)
        self.rnn = nn.GRU(16, 24, batch_first=True)
        self.out = nn.Linear(24, TAGS)

    def forward(self, notes):
        return self.out(self.rnn(self.emb(notes))[0])


def bars(n):
    notes = torch.randint(0, NOTES, (n, LENGTH))
    previous = torch.cat([torch.zeros(n, 1, dtype=torch.long), notes[:, :-1]], dim=1)
    return notes, (notes + previous) % 2 * 3 + notes % 3


tagger = Tagger()
optimizer = torch.optim.Adam(tagger.parameters(), lr=0.01)
right = seen = 0
for step in range(1, 501):
    notes, tags = bars(40)
    logits = tagger(notes)
    loss = nn.functional.cross_entropy(logits.flatten(0, 1), tags.flatten())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    guess = logits.detach().max(dim=1)[1]
    right += (guess == tags).sum().item()
    seen += tags.numel()
    if step % 100 == 0:
        print("step %d loss %.4f tags right: %.3f" % (step, loss.item(), right / seen))
        right = seen = 0
