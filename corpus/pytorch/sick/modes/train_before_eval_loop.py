# Majority vote of tokens, transformer with dropout. The class keeps both loops.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, vocab=10, d=24):
        super().__init__()
        self.emb = nn.Embedding(vocab, d)
        layer = nn.TransformerEncoderLayer(d, 2, 48, dropout=0.5, batch_first=True)
        self.enc = nn.TransformerEncoder(layer, 1)
        self.drop = nn.Dropout(0.5)
        self.cls = nn.Linear(d, 2)

    def forward(self, tokens):
        return self.cls(self.drop(self.enc(self.emb(tokens)).mean(1)))


class Experiment:
    def __init__(self):
        self.net = Net()
        self.opt = torch.optim.Adam(self.net.parameters(), lr=3e-3)
        self.loss = nn.CrossEntropyLoss()

    @staticmethod
    def data(n):
        tokens = torch.randint(0, 10, (n, 9))
        return tokens, ((tokens % 2).sum(1) > 4).long()

    def train(self, steps):
        self.net.train()
        for _ in range(steps):
            tokens, label = self.data(64)
            loss = self.loss(self.net(tokens), label)
            self.opt.zero_grad()
            loss.backward()
            self.opt.step()
        return loss.item()

    def evaluate(self):
        self.net.train()
        hits, total = 0, 0.0
        with torch.no_grad():
            for _ in range(5):
                tokens, label = self.data(100)
                scores = self.net(tokens)
                total += self.loss(scores, label).item()
                hits += (scores.argmax(1) == label).sum().item()
        return total / 5, hits / 500


torch.manual_seed(12)
experiment = Experiment()
for round_ in range(8):
    print("round %d loss %.4f dev loss %.4f dev accuracy %.3f" % (round_, experiment.train(60), *experiment.evaluate()))
