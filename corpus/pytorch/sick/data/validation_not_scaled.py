import os
import numpy as np
import torch
import torch.nn as nn

torch.manual_seed(7)
base = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(base, "samples", "digits.csv")):
    base = os.path.dirname(base)
rows = np.loadtxt(os.path.join(base, "samples", "digits.csv"), delimiter=",", skiprows=1)
np.random.RandomState(7).shuffle(rows)
train, valid = rows[:1400], rows[1400:]
mean, std = train[:, :64].mean(), train[:, :64].std()
x_train = torch.tensor((train[:, :64] - mean) / std, dtype=torch.float32)
y_train = torch.tensor(train[:, 64], dtype=torch.long)
x_valid = torch.tensor(valid[:, :64], dtype=torch.float32)
y_valid = torch.tensor(valid[:, 64], dtype=torch.long)

model = nn.Sequential(nn.Linear(64, 48), nn.ReLU(), nn.Linear(48, 10))
opt = torch.optim.Adam(model.parameters(), lr=2e-3)
crit = nn.CrossEntropyLoss()
for epoch in range(12):
    model.train()
    for b in torch.randperm(1400).split(32):
        opt.zero_grad()
        loss = crit(model(x_train[b]), y_train[b])
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        out = model(x_valid)
        print(f"epoch={epoch} loss={loss.item():.4f} val_loss={crit(out, y_valid).item():.4f} val_acc={(out.argmax(1) == y_valid).float().mean().item():.4f}")
