import torch
import torch.nn as nn

torch.manual_seed(12)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(2, 48, batch_first=True)
        self.fc = nn.Linear(48, 1)

    def forward(self, x):
        return self.fc(self.rnn(x)[0].mean(1))


model = Net()
opt = torch.optim.SGD(model.parameters(), lr=0.1)
for step in range(300):
    v, m = torch.rand(32, 15), (torch.rand(32, 15) < 0.3).float()
    loss = nn.functional.mse_loss(model(torch.stack([v, m], 2)), (v * m).mean(1, keepdim=True) * 5)
    opt.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    opt.step()
    if step % 50 == 49:
        print("step", step + 1, "loss", loss.item())
