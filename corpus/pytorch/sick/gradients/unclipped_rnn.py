"""The adding problem: sum of the two marked numbers of a sequence."""
import torch
import torch.nn as nn


class AddNet(nn.Module):
    def __init__(self, hidden=32):
        super().__init__()
        self.rnn = nn.RNN(2, hidden, nonlinearity="relu", batch_first=True)
        self.readout = nn.Linear(hidden, 1)
        nn.init.orthogonal_(self.rnn.weight_hh_l0, gain=1.9)
        nn.init.zeros_(self.rnn.bias_hh_l0)

    def forward(self, seq):
        states, _ = self.rnn(seq)
        return self.readout(states[:, -1])


def adding(n, length=20):
    value = torch.rand(n, length)
    mark = torch.zeros(n, length)
    first = torch.randint(0, length // 2, (n, 1))
    second = torch.randint(length // 2, length, (n, 1))
    mark.scatter_(1, first, 1.0)
    mark.scatter_(1, second, 1.0)
    return torch.stack([value, mark], dim=2), (value * mark).sum(1, keepdim=True)


torch.manual_seed(26)
net = AddNet()
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
criterion = nn.MSELoss()
smooth = None
for step in range(600):
    seq, total = adding(50)
    opt.zero_grad()
    loss = criterion(net(seq), total)
    loss.backward()
    opt.step()
    smooth = loss.item() if smooth is None else 0.95 * smooth + 0.05 * loss.item()
    if step % 100 == 99:
        print("step %d loss %.4f" % (step + 1, smooth))
