import torch
import torch.nn as nn

torch.manual_seed(0)
series = torch.sin(torch.arange(0, 400, 0.2)) + 0.05 * torch.randn(2000)
rnn = nn.GRU(1, 24)
head = nn.Linear(24, 1)
optimizer = torch.optim.Adam(list(rnn.parameters()) + list(head.parameters()), lr=5e-3)
steps = 20
for epoch in range(5):
    hidden = torch.zeros(1, 1, 24)
    total = 0.0
    for i in range(0, 1960, steps):
        x = series[i:i + steps].view(-1, 1, 1)
        y = series[i + 1:i + steps + 1].view(-1, 1, 1)
        out, hidden = rnn(x, hidden)
        loss = nn.functional.mse_loss(head(out), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
    print("epoch %d loss %.4f" % (epoch, total / 98))
