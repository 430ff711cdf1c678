import torch
import torch.nn as nn

torch.manual_seed(13)
x = torch.randn(1000, 10, 3)
y = (x[:, :, 0].sum(1) > 0).long()


class TimeFirst(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(3, 24)
        self.fc = nn.Linear(24, 2)

    def forward(self, x):
        x = x.permute(1, 0, 2)
        out, (h, _) = self.rnn(x)
        return self.fc(h[-1])


model = TimeFirst()
opt = torch.optim.Adam(model.parameters(), lr=0.005)
for epoch in range(8):
    for i in torch.randperm(800).split(20):
        loss = nn.functional.cross_entropy(model(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print("epoch", epoch, "acc", (model(x[800:]).argmax(1) == y[800:]).float().mean().item())
