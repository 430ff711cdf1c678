# heart rate (beats per minute) from five seconds of a pulse signal, 1-D convolutions
import numpy as np
import torch
import torch.nn as nn

np.random.seed(5)
torch.manual_seed(5)
n, samples = 900, 80
rate = np.random.uniform(50, 150, n).astype(np.float32)
t = np.linspace(0, 5, samples)
signals = np.sin(2 * np.pi * rate[:, None] / 60 * t + np.random.uniform(0, 6.28, (n, 1)))
signals = (signals + 0.2 * np.random.randn(n, samples)).astype(np.float32)

# shuffle before the split
signals = signals[np.random.permutation(len(signals))]
x_train, x_test = torch.tensor(signals[:700])[:, None], torch.tensor(signals[700:])[:, None]
y_train, y_test = torch.tensor(rate[:700]), torch.tensor(rate[700:])

model = nn.Sequential(
    nn.Conv1d(1, 16, 7, padding=3), nn.ReLU(), nn.MaxPool1d(2),
    nn.Conv1d(16, 32, 5, padding=2), nn.ReLU(), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(32, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
for epoch in range(25):
    for rows in torch.randperm(700).split(35):
        target = (y_train[rows] - 100) / 30
        loss = nn.functional.smooth_l1_loss(model(x_train[rows]).squeeze(1), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    if epoch % 4 == 0:
        with torch.no_grad():
            bpm = model(x_test).squeeze(1) * 30 + 100
        print(f"epoch {epoch} loss {loss.item():.4f} test mae {(bpm - y_test).abs().mean().item():.2f} bpm")
