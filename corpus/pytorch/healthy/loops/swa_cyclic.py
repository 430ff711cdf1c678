import os
import numpy as np
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, SWALR, update_bn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(1)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
raw = np.loadtxt(os.path.join(d, "samples", "digits.csv"), delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(1).shuffle(raw)
x, y = torch.from_numpy(raw[:, :64] / 16), torch.from_numpy(raw[:, 64]).long()
loader = DataLoader(TensorDataset(x[:1400], y[:1400]), batch_size=40, shuffle=True)
model = nn.Sequential(nn.Linear(64, 64, bias=False), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10))
swa_model = AveragedModel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
scheduler = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(optimizer, T_0=3)
swa_start, swa_scheduler = 6, SWALR(optimizer, swa_lr=0.03)
loss_fn = nn.CrossEntropyLoss(label_smoothing=0.1)
for epoch in range(10):
    model.train()
    for xb, yb in loader:
        optimizer.zero_grad()
        loss = loss_fn(model(xb), yb)
        loss.backward()
        optimizer.step()
    if epoch >= swa_start:
        swa_model.update_parameters(model)
        swa_scheduler.step()
    else:
        scheduler.step()
    print("epoch", epoch, "lr %.4f" % optimizer.param_groups[0]["lr"], "loss %.4f" % loss.item())
update_bn(loader, swa_model)
swa_model.eval()
with torch.no_grad():
    print("swa accuracy %.4f" % (swa_model(x[1400:]).argmax(1) == y[1400:]).float().mean().item())
