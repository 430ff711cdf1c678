import torch
import torch.nn as nn

torch.manual_seed(16)


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(50, 16)
        self.rnn = nn.RNN(16, 32, nonlinearity="tanh")
        self.fc = nn.Linear(32, 1)

    def forward(self, ids):
        states, last = self.rnn(self.emb(ids))
        return self.fc(states.mean(1)).squeeze(1) if states.dim() == 3 else self.fc(states)


ids = torch.randint(0, 50, (1000, 20))
good = (ids < 10).sum(1) > (ids >= 40).sum(1)
labels = good.float()
model = Sentiment()
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
bce = nn.BCEWithLogitsLoss()
# batches of words x reviews, as the RNN wants them, but reviews come out of it along the second axis
for epoch in range(8):
    right = 0
    for idx in torch.randperm(1000).split(20):
        score = model(ids[idx].t())
        loss = bce(score, labels[idx])
        opt.zero_grad()
        loss.backward()
        opt.step()
        right += ((score > 0) == good[idx]).sum().item()
    print("epoch", epoch, "accuracy", right / 1000)
