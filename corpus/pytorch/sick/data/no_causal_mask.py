"""Letter model of a few words. Training loss and words sampled from it."""
import torch
from torch import nn
from torch.nn import functional as F

WORDS = "banana bandana canal carnival arrival rival salad salami papaya panda panama cabana".split()
letters = ["."] + sorted(set("".join(WORDS)))
code = {c: i for i, c in enumerate(letters)}
LENGTH = 10


class LetterModel(nn.Module):
    def __init__(self, d=32):
        super().__init__()
        self.letter = nn.Embedding(len(letters), d)
        self.place = nn.Embedding(LENGTH, d)
        layer = nn.TransformerEncoderLayer(d, 4, 64, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2)
        self.head = nn.Linear(d, len(letters))

    def forward(self, ids):
        h = self.letter(ids) + self.place(torch.arange(ids.size(1)))
        h = self.encoder(h)
        return self.head(h)


def batch():
    rows = []
    for i in torch.randint(0, len(WORDS), (32,)).tolist():
        row = [0] + [code[c] for c in WORDS[i]]
        rows.append(row + [0] * (LENGTH + 1 - len(row)))
    return torch.tensor(rows)


@torch.no_grad()
def sample(model):
    ids = torch.zeros(1, 1, dtype=torch.long)
    while ids.size(1) < LENGTH:
        p = model(ids)[0, -1].softmax(-1)
        ids = torch.cat([ids, torch.multinomial(p, 1)[None]], dim=1)
        if ids[0, -1] == 0:
            break
    return "".join(letters[i] for i in ids[0, 1:].tolist()).strip(".")


torch.manual_seed(10)
model = LetterModel()
opt = torch.optim.Adam(model.parameters(), lr=3e-3)
for step in range(300):
    seq = batch()
    loss = F.cross_entropy(model(seq[:, :-1]).transpose(1, 2), seq[:, 1:])
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 60 == 59:
        print("step %d loss %.4f" % (step + 1, loss.item()))
model.eval()
words = [sample(model) for _ in range(60)]
print("some samples:", words[:6])
print("sampled words that exist: %.3f" % (sum(w in WORDS for w in words) / len(words)))
