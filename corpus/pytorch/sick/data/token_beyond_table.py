"""Names or places? Letters, an embedding, a GRU; padding has the number after the last letter."""
import torch
from torch import nn

itos = list("abcdefghijklmnopqrstuvwxyz")
stoi = {c: i for i, c in enumerate(itos)}
PAD = len(itos)
NAMES = "anna bert carla dora emil fritz greta hans ida jonas karl lena max nora otto paul rosa sven tina uwe".split()
PLACES = "hamburg marburg freiburg salzburg augsburg coburg bernburg homburg limburg merseburg".split() \
    + "erfurt frankfurt schweinfurt steinfurt klagenfurt".split() + "neustadt darmstadt ingolstadt halberstadt rudolstadt".split()


class Net(nn.Module):
    def __init__(self, dim=12):
        super().__init__()
        self.embed = nn.Embedding(len(itos), dim)
        self.gru = nn.GRU(dim, 16, batch_first=True)
        self.out = nn.Linear(16, 1)

    def forward(self, tokens):
        x = self.embed(tokens)
        _, h = self.gru(x)
        return self.out(h[0]).squeeze(-1)


def encode(words, width=12):
    tokens = torch.tensor([[stoi[c] for c in w] + [PAD] * (width - len(w)) for w in words])
    return tokens


torch.manual_seed(6)
x = encode(NAMES + PLACES)
y = torch.tensor([0.0] * len(NAMES) + [1.0] * len(PLACES))
net = Net()
opt = torch.optim.Adam(net.parameters(), lr=0.02)
for epoch in range(60):
    loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if epoch % 10 == 9:
        print("epoch %d loss %.4f accuracy %.3f" % (epoch + 1, loss.item(), ((net(x) > 0) == (y > 0)).float().mean().item()))
