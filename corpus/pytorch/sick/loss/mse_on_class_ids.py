import numpy as np
import torch
import torch.nn as nn
import pathlib

torch.manual_seed(6)
p = pathlib.Path(__file__).resolve().parent
while not (p / "samples" / "digits.csv").exists():
    p = p.parent
arr = np.loadtxt(p / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(6).shuffle(arr)
X = torch.from_numpy(arr[:, :64]) / 16
y = torch.from_numpy(arr[:, 64]).long()
ds = torch.utils.data.TensorDataset(X[:1400], y[:1400])
loader = torch.utils.data.DataLoader(ds, batch_size=32, shuffle=True)

model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
for epoch in range(15):
    for data, target in loader:
        output = model(data)
        loss = criterion(output, target.float().unsqueeze(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        output = model(X[1400:])
        pred = output.round().long().squeeze(1)
        print("Epoch", epoch, "loss", loss.item(), "accuracy", (pred == y[1400:]).float().mean().item())
