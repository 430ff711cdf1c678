"""Echo: repeats the number of the step before. The state of the cell lives on the module."""
import torch
from torch import nn


class Echo(nn.Module):
    def __init__(self, size=16, batch=20):
        super().__init__()
        self.cell = nn.LSTMCell(2, size)
        self.out = nn.Linear(size, 1)
        self.state = (torch.zeros(batch, size), torch.zeros(batch, size))

    def forward(self, x):
        self.state = self.cell(x, self.state)
        return self.out(self.state[0])


torch.manual_seed(73)
echo = Echo()
optimizer = torch.optim.Adam(echo.parameters(), lr=0.01)
before = torch.zeros(20, 1)
mean = 1.0
for step in range(800):
    now = torch.rand(20, 1)
    answer = echo(torch.cat([now, before], dim=1))
    loss = (answer - before).abs().mean()
    optimizer.zero_grad()
    loss.backward(retain_graph=True)
    optimizer.step()
    before = now
    mean = 0.98 * mean + 0.02 * loss.item()
    if step % 200 == 199:
        print("step=%d error=%.4f" % (step + 1, mean))
