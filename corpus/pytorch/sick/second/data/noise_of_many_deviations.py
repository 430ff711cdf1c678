import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(40)
centres = torch.randn(8, 16)
y = torch.randint(0, 8, (1200,))
x = centres[y] + 0.4 * torch.randn(1200, 16)
loader = DataLoader(TensorDataset(x[:1000], y[:1000]), batch_size=40, shuffle=True)
model = nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 8))
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)


def augment(batch):
    return batch + torch.randn_like(batch) * 25


for epoch in range(10):
    model.train()
    for xb, yb in loader:
        loss = nn.functional.cross_entropy(model(augment(xb)), yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print("epoch", epoch, "loss", round(loss.item(), 3), "accuracy", (model(x[1000:]).argmax(1) == y[1000:]).float().mean().item())
