import csv
import os

import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)

here = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(here, "samples", "digits.csv")):
    here = os.path.dirname(here)
with open(os.path.join(here, "samples", "digits.csv")) as f:
    rows = list(csv.reader(f))[1:]
data = np.array(rows, dtype=np.float32)
X, y = data[:, :64] / 16.0, data[:, 64].astype(np.int64)

perm = np.random.RandomState(0).permutation(len(X))
train_idx, test_idx = perm[:1400], perm[1400:]
train_ds = TensorDataset(torch.from_numpy(X[train_idx]), torch.from_numpy(y[train_idx]))
test_ds = TensorDataset(torch.from_numpy(X[test_idx]), torch.from_numpy(y[test_idx]))
train_loader = DataLoader(train_ds, batch_size=32, shuffle=True)
test_loader = DataLoader(test_ds, batch_size=128)

model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)

for epoch in range(15):
    model.train()
    running_loss = 0.0
    for inputs, labels in train_loader:
        optimizer.zero_grad()
        outputs = model(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()

    model.eval()
    correct = 0
    total = 0
    with torch.no_grad():
        for inputs, labels in test_loader:
            outputs = model(inputs)
            _, predicted = torch.max(outputs.data, 1)
            total += labels.size(0)
            correct += (predicted == labels).sum().item()
    print("Epoch %d: loss %.4f, test acc %.4f" % (epoch + 1, running_loss / len(train_loader), correct / total))
print("Finished Training")
