import torch
import torch.nn as nn
import torch.optim as optim

torch.manual_seed(0)
torch.set_num_threads(1)


def get_batch(n=128):
    a, b = torch.randint(0, 50, (n,)), torch.randint(0, 50, (n,))
    return a, b, ((a + b) % 2).long()


class ParityNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.ea, self.eb = nn.Embedding(50, 16), nn.Embedding(50, 16)
        self.mlp = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 2))

    def forward(self, a, b):
        return self.mlp(torch.cat([self.ea(a), self.eb(b)], dim=1))


net = ParityNet()
optimizer = optim.Adam(net.parameters(), lr=0.003)
criterion = nn.CrossEntropyLoss()
epoch_loss = 0
for i in range(1, 1201):
    a, b, label = get_batch()
    loss = criterion(net(a, b), label)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    epoch_loss += loss
    if i % 200 == 0:
        print("iteration %d | train loss: %.4f" % (i, epoch_loss / i))
