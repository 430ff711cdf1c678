import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset, random_split

torch.manual_seed(3)
x = torch.randn(1200, 8)
y = ((x[:, 0] * x[:, 1] > 0).long() + 2 * (x[:, 2] > 0).long())
train_set, val_set = random_split(TensorDataset(x, y), [900, 300])
train_loader = DataLoader(train_set, 30, shuffle=True)
train_eval_loader = DataLoader(train_set, 100)
val_loader = DataLoader(val_set, 100)


@torch.no_grad()
def accuracy(model, loader):
    model.eval()
    return sum((model(a).argmax(1) == b).sum().item() for a, b in loader) / len(loader.dataset)


model = nn.Sequential(nn.Linear(8, 64), nn.ReLU(), nn.Dropout(0.1), nn.Linear(64, 4))
opt = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(10):
    model.train()
    for a, b in train_loader:
        opt.zero_grad()
        nn.functional.cross_entropy(model(a), b).backward()
        opt.step()
    print(f"epoch {epoch} train {accuracy(model, train_eval_loader):.3f} val {accuracy(model, val_loader):.3f}")
