import torch
import torch.nn as nn


def init_weights(m):
    if isinstance(m, (nn.Conv2d, nn.Linear)):
        nn.init.normal_(m.weight)
        nn.init.zeros_(m.bias)


torch.manual_seed(2)
y = torch.randint(0, 4, (800,))
x = torch.randn(800, 1, 10, 10) * 0.4
for i, k in enumerate(y.tolist()):
    x[i, 0, (k // 2) * 5:(k // 2) * 5 + 5, (k % 2) * 5:(k % 2) * 5 + 5] += 0.5
model = nn.Sequential(
    nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
    nn.Flatten(), nn.Linear(800, 128), nn.ReLU(), nn.Linear(128, 4))
model.apply(init_weights)
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(8):
    running = 0.0
    for idx in torch.randperm(640).split(32):
        optimizer.zero_grad()
        loss = loss_fn(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
        running += loss.item()
    with torch.no_grad():
        acc = (model(x[640:]).argmax(1) == y[640:]).float().mean().item()
    print(f"epoch {epoch} loss {running / 20:.3f} acc {acc:.3f}")
