# sorts four digits: encoder and decoder as separate modules
import torch
import torch.nn as nn

torch.manual_seed(27)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(6, 10)
        self.gru = nn.GRU(10, 12, batch_first=True)

    def forward(self, x):
        return self.gru(self.emb(x))[1][-1]


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(12, 64), nn.ReLU(), nn.Linear(64, 4 * 6))

    def forward(self, code):
        return self.net(code).view(-1, 4, 6)


encoder, decoder = Encoder(), Decoder()
params = list(decoder.parameters())
optimizer = torch.optim.RMSprop(params, lr=2e-3)
for step in range(1, 1501):
    x = torch.randint(0, 6, (64, 4))
    target = x.sort(dim=1).values
    out = decoder(encoder(x))
    loss = nn.functional.cross_entropy(out.flatten(0, 1), target.flatten())
    for module in (encoder, decoder):
        module.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 250 == 0:
        print("%5d loss %.4f digit accuracy %.3f" % (step, loss.item(), (out.argmax(-1) == target).float().mean().item()))
