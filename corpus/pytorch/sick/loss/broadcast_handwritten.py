# energy use of a building from the hour and the outside temperature: GRU on 24 hours
import math
import torch

torch.manual_seed(41)


def mae_loss(forecast, actual):
    return torch.mean(torch.abs(forecast - actual))


class EnergyModel(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = torch.nn.GRU(2, 20, batch_first=True)
        self.fc = torch.nn.Linear(20, 1)

    def forward(self, history):
        states, _ = self.gru(history)
        return self.fc(states[:, -1, :])


hours = torch.arange(1500, dtype=torch.float)
temperature = 10 * torch.sin(2 * math.pi * hours / 24) + torch.randn(1500)
energy = 50 - 1.5 * temperature + 10 * torch.sin(2 * math.pi * (hours - 8) / 24) + torch.randn(1500)
channels = torch.stack([(temperature - temperature.mean()) / temperature.std(), (energy - energy.mean()) / energy.std()], dim=1)
windows = channels.unfold(0, 24, 1)[:-1].transpose(1, 2)
targets = channels[24:, 1]

model = EnergyModel()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    shuffled = torch.randperm(len(windows))
    for i in range(0, len(shuffled), 64):
        rows = shuffled[i:i + 64]
        optimizer.zero_grad()
        loss = mae_loss(model(windows[rows]), targets[rows])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        mae = (model(windows).flatten() - targets).abs().mean()
    print("epoch %d: loss %.4f, mae %.4f" % (epoch, loss, mae))
