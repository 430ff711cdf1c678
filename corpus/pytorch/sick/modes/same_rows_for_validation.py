"""Ages from noisy measurements of bones, with a validation set."""
import random
import torch
import torch.nn as nn


class BoneModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(8, 64), nn.Linear(64, 64), nn.Linear(64, 1)])

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = torch.relu(layer(x))
        return self.layers[-1](x)


random.seed(7)
torch.manual_seed(7)
samples = []
for _ in range(600):
    age = random.uniform(0, 1)
    bones = [age * (0.5 + k / 8) + random.gauss(0, 0.3) for k in range(8)]
    samples.append((bones, age))
random.shuffle(samples)
valid = samples[:150]
train = samples[:]


def batches(rows, size, shuffle):
    rows = random.sample(rows, len(rows)) if shuffle else rows
    for i in range(0, len(rows), size):
        x, y = zip(*rows[i:i + size])
        yield torch.tensor(x), torch.tensor(y).unsqueeze(1)


model = BoneModel()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
mse = nn.MSELoss()
for epoch in range(20):
    model.train()
    for x, y in batches(train, 25, True):
        optimizer.zero_grad()
        loss = mse(model(x), y)
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        v = [mse(model(x), y).item() for x, y in batches(valid, 50, False)]
    print(f"epoch {epoch:2d} train loss {loss.item():.4f} validation loss {sum(v) / len(v):.4f}")
