import pathlib
import numpy as np
import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset


class Model(nn.Module):
    def __init__(self):
        super(Model, self).__init__()
        self.fc1 = nn.Linear(64, 64)
        self.fc2 = nn.Linear(64, 9)

    def forward(self, x):
        return self.fc2(torch.relu(self.fc1(x)))


torch.manual_seed(0)
p = pathlib.Path(__file__).resolve().parent
while not (p / "samples" / "digits.csv").exists():
    p = p.parent
a = torch.from_numpy(np.loadtxt(p / "samples" / "digits.csv", delimiter=",", skiprows=1)).float()
loader = DataLoader(TensorDataset(a[:, :64] / 16, a[:, 64].long()), batch_size=64, shuffle=True)
model = Model()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
for epoch in range(6):
    hits = 0
    for data, target in loader:
        output = model(data)
        loss = criterion(output, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hits += (output.argmax(1) == target).sum().item()
    print("Epoch: %d Accuracy: %.4f" % (epoch, hits / len(loader.dataset)))
