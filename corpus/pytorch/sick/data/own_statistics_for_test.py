# hourly load of a server: training scales to 0..1, the service module was meant to do the same
import math
import torch
import torch.nn as nn

LOW, HIGH = 0.0, 800.0


def scale_for_training(window):
    return (window - LOW) / (HIGH - LOW)


def scale_for_service(window):
    return (window - LOW) / (HIGH - LOW) * 100


class LoadModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(1, 24, batch_first=True)
        self.fc = nn.Linear(24, 1)

    def forward(self, x):
        _, h = self.rnn(x.unsqueeze(-1))
        return self.fc(h[-1]).squeeze(-1)


torch.manual_seed(33)
t = torch.arange(1400, dtype=torch.float32)
load = 400 + 250 * torch.sin(2 * math.pi * t / 24) + 60 * torch.sin(2 * math.pi * t / 168) + 15 * torch.randn(1400)
windows, following = load.unfold(0, 24, 1)[:-1], load[24:]
model = LoadModel()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(10):
    model.train()
    for rows in torch.randperm(1100).split(50):
        out = model(scale_for_training(windows[rows]))
        loss = nn.functional.l1_loss(out, scale_for_training(following[rows]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        history, actual = windows[1150:], scale_for_training(following[1150:])
        forecast = model(scale_for_service(history))
        print(f"epoch {epoch} train mae {loss.item():.4f} validation mae {(forecast - actual).abs().mean().item():.4f}")
