# Which token follows the first star? A single attention layer.
import torch
from torch import nn

VOCAB, LENGTH, STAR = 9, 8, 0


class Model(nn.Module):
    def __init__(self, width=32):
        super().__init__()
        self.emb = nn.Embedding(VOCAB, width)
        self.pair = nn.Linear(2 * width, width)
        self.att = nn.MultiheadAttention(width, 4)
        self.out = nn.Linear(width, VOCAB)

    def forward(self, ids):
        e = self.emb(ids)
        before = torch.cat([torch.zeros_like(e[:, :1]), e[:, :-1]], dim=1)
        h = torch.relu(self.pair(torch.cat([e, before], dim=2)))
        B, T, C = h.shape
        s = h.view(T, B, C)
        a, _ = self.att(s, s, s)
        return self.out(a.view(B, T, C)[:, 0])


def batch(n):
    ids = torch.randint(1, VOCAB, (n, LENGTH))
    place = torch.randint(0, LENGTH - 1, (n,))
    ids[torch.arange(n), place] = STAR
    return ids, ids[torch.arange(n), place + 1]


torch.manual_seed(66)
model = Model()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for step in range(1, 601):
    ids, answer = batch(64)
    scores = model(ids)
    loss = nn.functional.cross_entropy(scores, answer)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 0:
        print("step", step, "loss %.3f" % loss.item(), "acc %.3f" % (scores.argmax(1) == answer).float().mean().item())
