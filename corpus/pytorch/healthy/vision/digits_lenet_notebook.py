#!/usr/bin/env python
# coding: utf-8

# # Digits with a LeNet
# Exported from a notebook.

# In[1]:


import torch
from torch import nn
import numpy as np
import pathlib
import time


# In[2]:


p = pathlib.Path(__file__).resolve()
while not (p / "samples" / "digits.csv").exists():
    p = p.parent
arr = np.genfromtxt(p / "samples" / "digits.csv", delimiter=",", skip_header=1)
arr.shape


# In[3]:


torch.manual_seed(42)
rng = np.random.default_rng(42)
rng.shuffle(arr)
X = torch.tensor(arr[:, :-1] / 8.0 - 1.0, dtype=torch.float32).reshape(-1, 1, 8, 8)
y = torch.tensor(arr[:, -1], dtype=torch.long)
Xtr, ytr, Xva, yva = X[:1500], y[:1500], X[1500:], y[1500:]
X.mean(), X.std()


# In[4]:


net = nn.Sequential(
    nn.Conv2d(1, 6, 3, padding=1), nn.Tanh(),
    nn.AvgPool2d(2),
    nn.Conv2d(6, 16, 3, padding=1), nn.Tanh(),
    nn.Flatten(),
    nn.Linear(16 * 4 * 4, 84), nn.Tanh(),
    nn.Linear(84, 10),
)
net


# In[5]:


loss_fn = nn.CrossEntropyLoss()
opt = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.9)
history = {"loss": [], "val_acc": []}

t0 = time.time()
for epoch in range(10):
    net.train()
    idx = torch.randperm(len(Xtr))
    for i in range(0, len(Xtr), 50):
        b = idx[i:i + 50]
        pred = net(Xtr[b])
        l = loss_fn(pred, ytr[b])
        opt.zero_grad()
        l.backward()
        opt.step()
    history["loss"].append(l.item())
    net.eval()
    with torch.no_grad():
        acc = (net(Xva).argmax(1) == yva).float().mean().item()
    history["val_acc"].append(acc)
    print(f"epoch {epoch:2d}  loss={l.item():.4f}  val_acc={acc:.4f}")


# In[6]:


max(history["val_acc"])
