import warnings

import torch
from torch import nn

torch.manual_seed(11)


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.rnn = nn.LSTM(8, 8, 2, dropout=0.2, batch_first=True)
        self.attend = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.out = nn.Linear(8, 5)

    def forward(self, x, state=None):
        h, state = self.rnn(self.embed(x), state)
        return self.out(self.attend(h)), state


tagger = Tagger()
optimizer = torch.optim.Adam(tagger.parameters(), 1e-2)
plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=2)
warm = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, 10)
state = None
for i in range(60):
    x = torch.randint(20, (4, 6))
    out, state = tagger(x, state)
    state = tuple(s.detach() for s in state)
    loss = nn.functional.nll_loss(out.log_softmax(-1).flatten(0, 1), (x % 5).flatten())
    optimizer.zero_grad()
    loss.backward()
    if i % 2:
        optimizer.step()
    plateau.step(loss.item())
    warm.step()
print(loss.item(), optimizer.param_groups[0]["lr"])
# Warnings name the lines that they name without us.
nn.functional.mse_loss(torch.ones(3, 1), torch.ones(3))
nn.MSELoss()(torch.ones(3, 1), torch.ones(3))
nn.Softmax()(torch.ones(3))
warnings.warn("mine")
