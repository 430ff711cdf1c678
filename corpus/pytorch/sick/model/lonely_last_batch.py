"""Is the point inside of the torus? 801 measurements in batches of 32."""
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class TorusNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(3, 48)
        self.bn = nn.BatchNorm1d(48)
        self.fc2 = nn.Linear(48, 2)

    def forward(self, x):
        h = self.bn(self.fc1(x))
        return self.fc2(torch.relu(h))


torch.manual_seed(0)
points = torch.rand(1001, 3) * 4 - 2
ring = (points[:, :2].norm(dim=1) - 1.2).pow(2) + points[:, 2].pow(2)
inside = (ring < 0.64).long()
loader = DataLoader(TensorDataset(points[:801], inside[:801]), batch_size=32, shuffle=True)
net = TorusNet()
opt = torch.optim.Adam(net.parameters(), lr=0.01)
for epoch in range(15):
    net.train()
    for x, y in loader:
        loss = nn.functional.cross_entropy(net(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    net.eval()
    with torch.no_grad():
        acc = (net(points[801:]).argmax(1) == inside[801:]).float().mean()
    print(f"epoch {epoch} loss {loss.item():.3f} accuracy {acc:.3f}")
