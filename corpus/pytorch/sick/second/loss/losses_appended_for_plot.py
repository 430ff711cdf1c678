import torch
from torch import nn

torch.manual_seed(31)
series = torch.sin(torch.arange(0, 400, 0.2)) + 0.05 * torch.randn(2000)
windows = series.unfold(0, 21, 1)
inputs, targets = windows[:, :20, None], windows[:, 20]


class Forecaster(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.gru = nn.GRU(1, hidden, batch_first=True)
        self.lin = nn.Linear(hidden, 1)

    def forward(self, x):
        out, _ = self.gru(x)
        return self.lin(out[:, -1]).squeeze(1)


model = Forecaster()
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
train_losses = []
for epoch in range(4):
    for idx in torch.randperm(1900).split(25):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs[idx]), targets[idx])
        loss.backward()
        optimizer.step()
        train_losses.append(loss)
    recent = torch.stack(train_losses[-20:]).mean().item()
    print(f"epoch {epoch} mse {recent:.4f}")
