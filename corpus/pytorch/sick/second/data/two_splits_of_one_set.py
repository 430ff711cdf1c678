import torch
import torch.nn as nn
from torch.utils.data import DataLoader, Dataset, Subset


class Genes(Dataset):
    def __init__(self, n):
        g = torch.Generator().manual_seed(0)
        self.x = torch.randn(n, 40, generator=g)
        self.y = torch.randint(0, 3, (n,), generator=g)

    def __len__(self):
        return len(self.y)

    def __getitem__(self, i):
        return {"expression": self.x[i], "type": self.y[i]}


torch.manual_seed(33)
genes = Genes(300)
train = Subset(genes, torch.randperm(300)[:240].tolist())
valid = Subset(genes, torch.randperm(300)[240:].tolist())
train_loader, valid_loader = DataLoader(train, 20, shuffle=True), DataLoader(valid, 20)
model = nn.Sequential(nn.Linear(40, 80), nn.ReLU(), nn.Linear(80, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(15):
    model.train()
    for batch in train_loader:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(batch["expression"]), batch["type"])
        loss.backward()
        optimizer.step()
    model.eval()
    hits = 0
    with torch.no_grad():
        for batch in valid_loader:
            hits += (model(batch["expression"]).argmax(1) == batch["type"]).sum().item()
    print("epoch", epoch, "valid", hits / len(valid))
