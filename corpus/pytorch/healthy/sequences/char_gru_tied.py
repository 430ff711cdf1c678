import math
import torch
import torch.nn as nn

TEXT = """the rain in spain stays mainly in the plain . the quick brown fox jumps over the lazy dog .
she sells sea shells by the sea shore . peter piper picked a peck of pickled peppers .
how much wood would a woodchuck chuck if a woodchuck could chuck wood . """ * 12

torch.manual_seed(1234)
chars = sorted(set(TEXT))
stoi = {c: i for i, c in enumerate(chars)}
ids = torch.tensor([stoi[c] for c in TEXT])


def batchify(data, bsz):
    n = data.size(0) // bsz
    return data[:n * bsz].view(bsz, -1).t().contiguous()


class RNNModel(nn.Module):
    def __init__(self, ntoken, nhid):
        super().__init__()
        self.drop = nn.Dropout(0.1)
        self.encoder = nn.Embedding(ntoken, nhid)
        self.rnn = nn.GRU(nhid, nhid, 1)
        self.decoder = nn.Linear(nhid, ntoken)
        self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)
        self.nhid = nhid

    def forward(self, x, hidden):
        out, hidden = self.rnn(self.drop(self.encoder(x)), hidden)
        return self.decoder(self.drop(out)), hidden

    def init_hidden(self, bsz):
        return torch.zeros(1, bsz, self.nhid)


def repackage_hidden(h):
    return h.detach()


bptt = 25
data = batchify(ids, 8)
model = RNNModel(len(chars), 64)
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(1, 9):
    model.train()
    hidden = model.init_hidden(8)
    total = 0.
    nb = 0
    for i in range(0, data.size(0) - 1, bptt):
        seq = min(bptt, data.size(0) - 1 - i)
        x, y = data[i:i + seq], data[i + 1:i + 1 + seq].reshape(-1)
        hidden = repackage_hidden(hidden)
        optimizer.zero_grad()
        output, hidden = model(x, hidden)
        loss = criterion(output.view(-1, len(chars)), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        total += loss.item()
        nb += 1
    print("| epoch {:3d} | loss {:5.2f} | perplexity {:8.2f}".format(epoch, total / nb, math.exp(total / nb)))
