"""Labels each pixel with one of three textures; the softmax of the output runs over a picture axis."""
import torch
import torch.nn as nn

torch.manual_seed(5)


class PixelNet(nn.Module):
    def __init__(self, classes=3):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(),
            nn.Conv2d(16, 16, 3, padding=1), nn.ReLU(),
            nn.Conv2d(16, classes, 1))
        self.log_prob = nn.LogSoftmax(dim=-1)

    def forward(self, x):
        return self.log_prob(self.features(x))


def pictures(n, size=12):
    left = torch.randint(2, 6, (n,))
    right = torch.randint(7, 11, (n,))
    cols = torch.arange(size).expand(n, size, size)
    labels = (cols >= left[:, None, None]).long() + (cols >= right[:, None, None]).long()
    level = torch.tensor([0.2, 0.9, -0.6])[labels]
    return (level + torch.randn(n, size, size) * 0.15).unsqueeze(1), labels


net = PixelNet()
criterion = nn.NLLLoss()
optimizer = torch.optim.Adam(net.parameters(), lr=3e-3)
x, y = pictures(240)
for epoch in range(10):
    total = 0.0
    for batch in torch.randperm(240).split(24):
        optimizer.zero_grad()
        loss = criterion(net(x[batch]), y[batch])
        loss.backward()
        optimizer.step()
        total += loss.item()
    with torch.no_grad():
        acc = (net(x).argmax(1) == y).float().mean().item()
    print(f"epoch {epoch} loss {total / 10:.3f} pixel accuracy {acc:.3f}")
