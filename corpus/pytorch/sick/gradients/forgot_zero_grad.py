import numpy as np
import torch
import torch.nn as nn
import torch.optim as optim
from pathlib import Path

torch.manual_seed(0)
np.random.seed(0)
folder = Path(__file__).resolve().parent
while not (folder / "samples" / "digits.csv").exists():
    folder = folder.parent
digits = np.loadtxt(folder / "samples" / "digits.csv", delimiter=",", skiprows=1)
np.random.shuffle(digits)
X = torch.tensor(digits[:, :-1] / 16.0, dtype=torch.float32).view(-1, 1, 8, 8)
Y = torch.tensor(digits[:, -1], dtype=torch.long)


class CNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 12, kernel_size=3)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(12 * 3 * 3, 10)

    def forward(self, x):
        x = self.pool(torch.relu(self.conv(x)))
        return self.fc(x.reshape(len(x), -1))


net = CNN()
criterion = nn.CrossEntropyLoss()
optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
batch_size = 40
for epoch in range(6):
    order = torch.randperm(1400)
    for i in range(0, 1400, batch_size):
        idx = order[i:i + batch_size]
        outputs = net(X[idx])
        loss = criterion(outputs, Y[idx])
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        outputs = net(X[1400:])
        print(f"epoch={epoch} val_loss={criterion(outputs, Y[1400:]).item():.4f} val_acc={(outputs.argmax(1) == Y[1400:]).float().mean().item():.4f}")
