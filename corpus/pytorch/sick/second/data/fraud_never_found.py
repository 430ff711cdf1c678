import torch
import torch.nn as nn

torch.manual_seed(17)


def transactions(n):
    fraud = torch.rand(n) < 0.03
    x = torch.randn(n, 12)
    x[fraud, 0] += 1.0
    x[fraud, 3] += 1.0
    return x, fraud.float()


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(12, 32)
        self.bn = nn.BatchNorm1d(32)
        self.out = nn.Linear(32, 1)

    def forward(self, x):
        return self.out(torch.relu(self.bn(self.hidden(x)))).squeeze(1)


x, y = transactions(4000)
xt, yt = transactions(2000)
model = Detector()
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
for epoch in range(5):
    model.train()
    for idx in torch.randperm(4000).split(64):
        optimizer.zero_grad()
        loss = criterion(model(x[idx]), y[idx])
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        pred = model(xt) > 0
        accuracy = (pred == yt.bool()).float().mean().item()
        recall = (pred & yt.bool()).sum().item() / yt.sum().item()
    print(f"epoch {epoch} accuracy {accuracy:.3f} recall {recall:.3f}")
