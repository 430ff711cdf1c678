import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset


class Signals(Dataset):
    """Waves of two frequencies, with noise so that the network does not overfit."""

    def __init__(self, n, seed):
        g = torch.Generator().manual_seed(seed)
        self.y = torch.randint(0, 2, (n,), generator=g)
        t = torch.linspace(0, 6.28, 50)
        phase = torch.rand(n, 1, generator=g) * 6.28
        self.x = torch.sin((3 + 2 * self.y[:, None]) * t + phase)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        x = self.x[i] + torch.randn(50) * 0.9
        x = torch.roll(x, torch.randint(-10, 10, (1,)).item())
        return x[None], self.y[i]


torch.manual_seed(1)
train_loader = DataLoader(Signals(600, 0), batch_size=32, shuffle=True)
val_loader = DataLoader(Signals(200, 1), batch_size=32)
model = nn.Sequential(nn.Conv1d(1, 16, 9, padding=4), nn.ReLU(), nn.Conv1d(16, 16, 9, padding=4), nn.ReLU(), nn.AdaptiveMaxPool1d(1), nn.Flatten(), nn.Linear(16, 2))
optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
criterion = nn.CrossEntropyLoss()
for epoch in range(8):
    model.train()
    for x, y in train_loader:
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()
    model.eval()
    right = 0
    with torch.no_grad():
        for x, y in val_loader:
            right += (model(x).argmax(1) == y).sum().item()
    print(f"epoch {epoch} val accuracy {right / 200:.3f}")
