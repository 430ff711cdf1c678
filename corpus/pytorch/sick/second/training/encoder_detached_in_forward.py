import torch
import torch.nn as nn

torch.manual_seed(18)


class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(30, 16), nn.ReLU(), nn.Linear(16, 3))
        self.decoder = nn.Sequential(nn.Linear(3, 16), nn.ReLU(), nn.Linear(16, 30))

    def encode(self, x):
        code = self.encoder(x)
        return code.detach()

    def forward(self, x):
        code = self.encode(x)
        return self.decoder(code)


z = torch.randn(1000, 3)
data = torch.tanh(z @ torch.randn(3, 30))
model = AutoEncoder()
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion = nn.MSELoss()
for epoch in range(30):
    running = 0.0
    for i in range(0, 1000, 40):
        batch = data[i:i + 40]
        optimizer.zero_grad()
        loss = criterion(model(batch), batch)
        loss.backward()
        optimizer.step()
        running += loss.item()
    print("epoch", epoch, "reconstruction", running / 25)
