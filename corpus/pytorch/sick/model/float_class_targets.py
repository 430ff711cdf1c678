"""Sorts fruit by weight and colour. Rows come from a text, as they would from a file."""
import random
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset


class Fruit(Dataset):
    def __init__(self, text):
        self.rows = []
        for line in text.splitlines():
            *values, kind = map(float, line.split(";"))
            self.rows.append((values, kind))

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        weight, redness = self.rows[i][0]
        x = torch.tensor([(weight - 150) / 60, redness - 0.5])
        y = torch.tensor(self.rows[i][1])
        return x, y


random.seed(3)
torch.manual_seed(3)
text = "\n".join("%.1f;%.3f;%d" % (random.gauss((100, 150, 230)[k], 15), random.gauss((0.8, 0.3, 0.5)[k], 0.1), k)
                 for k in (random.randrange(3) for _ in range(500)))
model = nn.Sequential(nn.Linear(2, 12), nn.ReLU(), nn.Linear(12, 3))
opt = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(10):
    right = 0
    for x, y in DataLoader(Fruit(text), batch_size=25, shuffle=True):
        loss = nn.functional.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
        right += (model(x).argmax(1) == y).sum().item()
    print(f"epoch {epoch} loss {loss.item():.4f} accuracy {right / 500:.3f}")
