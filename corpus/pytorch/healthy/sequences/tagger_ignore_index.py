# bidirectional GRU tagger with padding (ignore_index), deliberately written in a functional style
import numpy as np
import torch
import torch.nn.functional as F

PAD_TAG = -100
rng = np.random.default_rng(77)
torch.manual_seed(77)
n_words, n_tags = 40, 4


def sentence():
    # the tag of a word depends on its class and on the class of the word before
    length = rng.integers(3, 10)
    words = rng.integers(1, n_words, length)
    cls = words % 2
    before = np.concatenate([[0], cls[:-1]])
    return words, cls * 2 + before


def collate(items):
    longest = max(len(w) for w, _ in items)
    x = torch.zeros(len(items), longest, dtype=torch.long)
    t = torch.full((len(items), longest), PAD_TAG)
    for i, (w, tags) in enumerate(items):
        x[i, :len(w)] = torch.from_numpy(w)
        t[i, :len(w)] = torch.from_numpy(tags)
    return x, t


def build():
    emb = torch.nn.Embedding(n_words, 24, padding_idx=0)
    rnn = torch.nn.GRU(24, 24, batch_first=True, bidirectional=True)
    out = torch.nn.Linear(48, n_tags)
    return torch.nn.ModuleDict({"emb": emb, "rnn": rnn, "out": out})


def predict(m, x):
    h, _ = m["rnn"](m["emb"](x))
    return m["out"](h)


def train_step(m, opt, x, t):
    opt.zero_grad()
    scores = predict(m, x)
    loss = F.cross_entropy(scores.flatten(0, 1), t.flatten(), ignore_index=PAD_TAG)
    loss.backward()
    opt.step()
    return loss.item()


def accuracy(m, data):
    right = total = 0
    with torch.no_grad():
        for x, t in data:
            known = t != PAD_TAG
            right += (predict(m, x).argmax(-1)[known] == t[known]).sum().item()
            total += known.sum().item()
    return right / total


train = [sentence() for _ in range(1000)]
test = [collate([sentence() for _ in range(50)]) for _ in range(4)]
m = build()
opt = torch.optim.Adam(m.parameters(), lr=0.01)
for epoch in range(6):
    rng.shuffle(train)
    losses = [train_step(m, opt, *collate(train[i:i + 40])) for i in range(0, len(train), 40)]
    print("epoch", epoch, "mean loss", round(float(np.mean(losses)), 4), "token accuracy", round(accuracy(m, test), 4))
