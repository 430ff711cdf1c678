import torch
import torch.nn as nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset

torch.manual_seed(4)


class Parity(Dataset):
    """Sequences of different lengths; the class is which of the marks 1..3 came last."""

    def __init__(self, n):
        self.items = []
        for _ in range(n):
            length = int(torch.randint(4, 13, (1,)))
            seq = torch.zeros(length, 4)
            marks = torch.randint(0, 4, (length,))
            marks[0] = max(1, int(marks[0]))
            seq[torch.arange(length), marks] = 1
            nonzero = marks[marks > 0]
            self.items.append((seq, int(nonzero[-1]) - 1))

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


def collate(batch):
    batch.sort(key=lambda item: len(item[0]), reverse=True)
    seqs, labels = zip(*batch)
    return pad_sequence(seqs, batch_first=True), torch.tensor([len(s) for s in seqs]), torch.tensor(labels)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(4, 24, batch_first=True, bidirectional=False)
        self.out = nn.Linear(24, 3)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True)
        _, (h, _) = self.rnn(packed)
        return self.out(h[-1])


net = Net()
opt = torch.optim.RMSprop(net.parameters(), lr=0.005)
train, test = DataLoader(Parity(800), 32, shuffle=True, collate_fn=collate), DataLoader(Parity(300), 100, collate_fn=collate)
for epoch in range(10):
    net.train()
    s = 0
    for x, lengths, label in train:
        loss = nn.functional.cross_entropy(net(x, lengths), label)
        opt.zero_grad()
        loss.backward()
        opt.step()
        s += float(loss)
    net.eval()
    with torch.no_grad():
        hit = [(net(x, lengths).argmax(1) == label) for x, lengths, label in test]
    print("%2d loss=%.4f acc=%.4f" % (epoch, s / len(train), torch.cat(hit).float().mean()))
