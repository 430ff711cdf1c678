import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(36)
X = torch.randn(500, 20)
y = ((X[:, 0] + X[:, 1] - X[:, 2] + torch.randn(500)) > 0).long()
train_dl = DataLoader(TensorDataset(X[:350], y[:350]), batch_size=25, shuffle=True)
val_dl = DataLoader(TensorDataset(X[350:], y[350:]), batch_size=50)


def evaluate(model, dl):
    model.eval()
    hits = n = 0
    with torch.no_grad():
        for x, y in dl:
            hits += (model(x).argmax(1) == y).sum().item()
            n += len(y)
    model.train()
    return hits / n


model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 2))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
best = 0
for epoch in range(30):
    for x, y in train_dl:
        loss = nn.functional.cross_entropy(model(x), y)
        opt.zero_grad()
        loss.backward()
        opt.step()
    val_acc = evaluate(model, train_dl)
    best = max(best, val_acc)
    if epoch % 5 == 4:
        print(f"epoch={epoch + 1} loss={loss.item():.4f} val_acc={val_acc:.4f}")
print("best validation accuracy", best)
