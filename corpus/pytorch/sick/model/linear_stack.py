import math
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class CircleModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(2, 32)
        self.fc2 = nn.Linear(32, 32)
        self.fc3 = nn.Linear(32, 1)

    def forward(self, x):
        x = self.fc1(x)
        x = self.fc2(x)
        return self.fc3(x)


torch.manual_seed(42)
n = 1000
r = torch.where(torch.arange(n) % 2 == 0, 0.5, 1.0) + 0.05 * torch.randn(n)
a = 2 * math.pi * torch.rand(n)
X = torch.stack([r * a.cos(), r * a.sin()], dim=1)
y = (torch.arange(n) % 2).float()
loader = DataLoader(TensorDataset(X[:800], y[:800]), batch_size=32, shuffle=True)
model_0 = CircleModel()
loss_fn = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(model_0.parameters(), lr=0.01)
for epoch in range(20):
    model_0.train()
    for xb, yb in loader:
        y_logits = model_0(xb).squeeze()
        loss = loss_fn(y_logits, yb)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model_0.eval()
    with torch.inference_mode():
        test_pred = torch.round(torch.sigmoid(model_0(X[800:]).squeeze()))
        if epoch % 4 == 3:
            print(f"Epoch: {epoch} | Loss: {loss:.5f} | Test accuracy: {(test_pred == y[800:]).float().mean():.3f}")
