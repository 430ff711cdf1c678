import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

np.random.seed(1)
torch.manual_seed(1)


def make(n, length=15):
    seq = np.random.randint(0, 2, (n, length)).astype("float32")
    return torch.from_numpy(seq).unsqueeze(-1), torch.from_numpy(np.digitize(seq.sum(1), [7, 9]))


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(input_size=1, hidden_size=32, num_layers=1)
        self.fc = nn.Linear(32, 3)

    def forward(self, x):
        output, (h, c) = self.lstm(x)
        return self.fc(output[:, -1, :])


x, y = make(1500)
loader = DataLoader(TensorDataset(x, y), batch_size=50, shuffle=True)
model = Counter()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(20):
    correct = 0
    for xb, yb in loader:
        optimizer.zero_grad()
        out = model(xb)
        loss = criterion(out, yb)
        loss.backward()
        optimizer.step()
        correct += (out.argmax(1) == yb).sum().item()
    print("epoch", epoch, "accuracy", correct / 1500)
