import torch
import torch.nn as nn
import torch.nn.functional as F

# Character model: a small transformer that is to guess the next letter.
torch.manual_seed(0)
VOCAB, LENGTH = 12, 16


def text(n):
    """Each letter is one of two that may follow the one before."""
    out = torch.zeros(n, LENGTH + 1, dtype=torch.long)
    out[:, 0] = torch.randint(0, VOCAB, (n,))
    for t in range(LENGTH):
        out[:, t + 1] = (out[:, t] * 5 + 1 + 3 * torch.randint(0, 2, (n,))) % VOCAB
    return out


class Block(nn.Module):
    def __init__(self, d, heads):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)
        self.o = nn.Linear(d, d)
        self.n1, self.n2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.ff = nn.Sequential(nn.Linear(d, 2 * d), nn.GELU(), nn.Linear(2 * d, d))

    def forward(self, x):
        h = self.n1(x)
        a = self.q(h) @ self.k(h).transpose(1, 2) / h.shape[-1] ** 0.5
        x = x + self.o(torch.softmax(a, dim=-1) @ self.v(h))
        return x + self.ff(self.n2(x))


class GPT(nn.Module):
    def __init__(self, d=32):
        super().__init__()
        self.tok, self.pos = nn.Embedding(VOCAB, d), nn.Embedding(LENGTH, d)
        self.blocks = nn.Sequential(Block(d, 2), Block(d, 2))
        self.head = nn.Linear(d, VOCAB)

    def forward(self, idx):
        return self.head(self.blocks(self.tok(idx) + self.pos(torch.arange(idx.size(1)))))


model = GPT()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
for step in range(500):
    batch = text(32)
    logits = model(batch[:, :-1])
    loss = F.cross_entropy(logits.reshape(-1, VOCAB), batch[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 50 == 49:
        print(f"step {step + 1} loss {loss.item():.3f}")
seed = text(64)[:, :1]
while seed.size(1) < LENGTH:
    probs = torch.softmax(model(seed)[:, -1], -1)
    seed = torch.cat([seed, torch.multinomial(probs, 1)], 1)
possible = ((seed[:, 1:] - seed[:, :-1] * 5 - 1) % VOCAB % 3 == 0) & ((seed[:, 1:] - seed[:, :-1] * 5 - 1) % VOCAB < 4)
print(f"possible letters {possible.float().mean().item():.3f}")
