"""Reads short words of three symbols from a strip, with CTC."""
import torch
from torch import nn

torch.manual_seed(51)
SYMBOLS = 3
templates = torch.randn(SYMBOLS, 6, 3)


def strips(n, length=24):
    x = 0.2 * torch.randn(n, 6, length)
    words, sizes = [], []
    for i in range(n):
        k = int(torch.randint(1, 4, (1,)))
        word = torch.randint(0, SYMBOLS, (k,))
        starts = torch.arange(k) * 8 + torch.randint(0, 5, (k,))
        for s, c in zip(starts.tolist(), word.tolist()):
            x[i, :, s:s + 3] += templates[c]
        words.append(word + 1)
        sizes.append(k)
    return x, words, torch.tensor(sizes)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(6, 24, 3, padding=1)
        self.rnn = nn.GRU(24, 24, bidirectional=True, batch_first=True)
        self.out = nn.Linear(48, SYMBOLS + 1)

    def forward(self, x):
        h, _ = self.rnn(torch.relu(self.conv(x)).transpose(1, 2))
        return self.out(h).log_softmax(2)


def decode(path):
    merged = torch.unique_consecutive(path)
    return merged[merged > 0]


reader = Reader()
ctc = nn.CTCLoss(blank=0, zero_infinity=True)
opt = torch.optim.Adam(reader.parameters(), lr=8e-3)
for step in range(1, 201):
    x, words, sizes = strips(32)
    logp = reader(x)
    loss = ctc(logp.transpose(0, 1), torch.cat(words), torch.full((32,), 24), sizes)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 40 == 0:
        right = sum(torch.equal(decode(p), w) for p, w in zip(logp.argmax(2), words))
        print(f"step {step} ctc loss {loss.item():.4f} exact {right / 32:.3f}")
