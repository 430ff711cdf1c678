import torch
import torch.nn as nn

torch.manual_seed(8)
VOCAB, N = 11, 10


class Bert(nn.Module):
    """Fills in masked tokens: each position may see all others."""

    def __init__(self, d=32):
        super().__init__()
        self.tok, self.pos = nn.Embedding(VOCAB, d), nn.Parameter(torch.randn(N, d))
        layer = nn.TransformerEncoderLayer(d, 4, 64, dropout=0.0, batch_first=True)
        self.enc = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(d, VOCAB)

    def forward(self, x):
        return self.head(self.enc(self.tok(x) + self.pos))


model = Bert()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(400):
    start = torch.randint(0, 10, (32, 1))
    rows = (start + torch.arange(N)) % 10
    masked = torch.rand(32, N) < 0.2
    logits = model(rows.masked_fill(masked, 10))
    loss = nn.functional.cross_entropy(logits[masked], rows[masked])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 99:
        print("step", step + 1, "masked accuracy", (logits[masked].argmax(-1) == rows[masked]).float().mean().item())
