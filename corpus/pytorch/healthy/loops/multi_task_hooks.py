"""Digit, parity and amount of ink from one trunk; activations are watched by a hook of our own."""
from collections import defaultdict
from pathlib import Path
import numpy as np
import torch
from torch import nn


class MultiTask(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(64, 96), nn.ReLU(), nn.Linear(96, 48), nn.ReLU())
        self.heads = nn.ModuleDict({"digit": nn.Linear(48, 10), "odd": nn.Linear(48, 1), "ink": nn.Linear(48, 1)})
        self.log_vars = nn.ParameterDict({k: nn.Parameter(torch.zeros(())) for k in self.heads})

    def forward(self, x):
        h = self.trunk(x)
        return {name: head(h) for name, head in self.heads.items()}

    def loss(self, out, digit, odd, ink):
        parts = {
            "digit": nn.functional.cross_entropy(out["digit"], digit),
            "odd": nn.functional.binary_cross_entropy_with_logits(out["odd"].squeeze(1), odd),
            "ink": nn.functional.mse_loss(out["ink"].squeeze(1), ink),
        }
        total = sum(torch.exp(-self.log_vars[k]) * v + self.log_vars[k] for k, v in parts.items())
        return total, parts


activity = defaultdict(list)


def watch(name):
    def hook(module, args, output):
        activity[name].append((output > 0).float().mean().item())
    return hook


torch.manual_seed(2)
folder = Path(__file__).resolve().parent
while not (folder / "samples" / "digits.csv").exists():
    folder = folder.parent
table = torch.from_numpy(np.loadtxt(folder / "samples" / "digits.csv", delimiter=",", skiprows=1)).float()
table = table[torch.randperm(len(table))]
x, digit = table[:, :64] / 16, table[:, 64].long()
odd, ink = (digit % 2).float(), table[:, :64].mean(1)
ink = (ink - ink.mean()) / ink.std()
net = MultiTask()
net.trunk[1].register_forward_hook(watch("relu1"))
opt = torch.optim.Adam(net.parameters(), lr=2e-3)
for epoch in range(10):
    for b in torch.randperm(1400).split(40):
        total, parts = net.loss(net(x[b]), digit[b], odd[b], ink[b])
        opt.zero_grad()
        total.backward()
        opt.step()
    with torch.no_grad():
        out = net(x[1400:])
        parity = ((out["odd"].squeeze(1) > 0).float() == odd[1400:]).float().mean().item()
        acc = (out["digit"].argmax(1) == digit[1400:]).float().mean().item()
    shown = " ".join(f"{k} {v.item():.3f}" for k, v in parts.items())
    print(f"epoch {epoch}: {shown} | accuracy {acc:.3f} parity {parity:.3f} active {np.mean(activity['relu1']):.2f}")
    activity.clear()
