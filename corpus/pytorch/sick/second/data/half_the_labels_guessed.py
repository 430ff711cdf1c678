import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(20)
centres = torch.randn(6, 20) * 1.5
truth = torch.randint(0, 6, (2000,))
x = centres[truth] + torch.randn(2000, 20)
annotator = torch.rand(2000) < 0.5
labels = torch.where(annotator, torch.randint(0, 6, (2000,)), truth)
train = DataLoader(TensorDataset(x[:1600], labels[:1600]), batch_size=32, shuffle=True)
test = DataLoader(TensorDataset(x[1600:], labels[1600:]), batch_size=64)
model = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 6))
opt = torch.optim.Adam(model.parameters(), lr=1e-3)
loss_fn = nn.CrossEntropyLoss()
for epoch in range(12):
    model.train()
    for xb, yb in train:
        opt.zero_grad()
        loss = loss_fn(model(xb), yb)
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        correct = sum((model(xb).argmax(1) == yb).sum().item() for xb, yb in test)
    print("epoch", epoch, "test accuracy", correct / 400)
