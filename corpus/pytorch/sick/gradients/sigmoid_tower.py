import pathlib
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(0)
folder = pathlib.Path(__file__).resolve().parent
while not (folder / "samples" / "digits.csv").exists():
    folder = folder.parent
a = torch.tensor(np.loadtxt(folder / "samples" / "digits.csv", delimiter=",", skiprows=1), dtype=torch.float32)
a = a[torch.randperm(len(a))]
x, y = a[:, :64] / 16, a[:, 64].long()

layers = [nn.Linear(64, 30), nn.ReLU()]
for _ in range(5):
    layers += [nn.Linear(30, 30), nn.Sigmoid()]
layers += [nn.Linear(30, 10)]
model = nn.Sequential(*layers)
optimizer = torch.optim.SGD(model.parameters(), lr=0.03, momentum=0.9)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(28):
    for batch in torch.randperm(1400).split(32):
        optimizer.zero_grad()
        loss = loss_fn(model(x[batch]), y[batch])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        acc = (model(x[1400:]).argmax(1) == y[1400:]).float().mean()
    print(f"epoch {epoch} loss {loss.item():.4f} accuracy {acc.item():.3f}")
