import torch
import torch.nn as nn

torch.manual_seed(3)


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(3, 32)
        self.fc = nn.Linear(32, 2)

    def forward(self, x):
        # the GRU wants (time, batch, features)
        x = x.reshape(x.size(1), x.size(0), x.size(2))
        out, _ = self.rnn(x)
        return self.fc(out[-1])


x = torch.randn(1000, 12, 3)
y = (x[:, :, 0].sum(1) > 0).long()
model = Recurrent()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(10):
    hits = 0
    for idx in torch.randperm(800).split(40):
        out = model(x[idx])
        loss = nn.functional.cross_entropy(out, y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        acc = (model(x[800:]).argmax(1) == y[800:]).float().mean().item()
    print("epoch", epoch, "acc", acc)
