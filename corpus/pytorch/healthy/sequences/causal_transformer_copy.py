"""Decoder-only transformer which learns to repeat the first half of a sequence."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(0)
VOCAB, HALF = 8, 5


def get_batch(n):
    first = torch.randint(1, VOCAB, (n, HALF))
    sep = torch.zeros(n, 1, dtype=torch.long)
    return torch.cat([first, sep, first], dim=1)


class TinyGPT(nn.Module):
    def __init__(self, d=48, heads=4, layers=2, length=2 * HALF + 1):
        super().__init__()
        self.tok = nn.Embedding(VOCAB, d)
        self.pos = nn.Embedding(length, d)
        layer = nn.TransformerEncoderLayer(d, heads, 4 * d, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.norm = nn.LayerNorm(d)
        self.lm_head = nn.Linear(d, VOCAB, bias=False)

    def forward(self, idx):
        T = idx.size(1)
        mask = torch.full((T, T), float("-inf")).triu(1)
        x = self.tok(idx) + self.pos(torch.arange(T))
        return self.lm_head(self.norm(self.encoder(x, mask=mask)))


model = TinyGPT()
opt = torch.optim.AdamW(model.parameters(), lr=3e-3)
for it in range(300):
    seq = get_batch(48)
    logits = model(seq[:, :-1])
    target = seq[:, 1:]
    # only the second half can be known
    loss = F.cross_entropy(logits[:, HALF:].reshape(-1, VOCAB), target[:, HALF:].reshape(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if (it + 1) % 50 == 0:
        model.eval()
        with torch.no_grad():
            seq = get_batch(200)
            right = (model(seq[:, :-1])[:, HALF:].argmax(-1) == seq[:, HALF + 1:]).float().mean()
        model.train()
        print(f"iter {it + 1}: loss {loss.item():.4f}, copied {right.item():.3f}")
