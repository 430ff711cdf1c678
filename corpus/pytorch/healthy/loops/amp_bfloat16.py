import argparse
import pathlib
import numpy as np
import torch
from torch import nn

ap = argparse.ArgumentParser()
ap.add_argument("--epochs", type=int, default=5)
ap.add_argument("--no-amp", action="store_true")
args = ap.parse_args()
torch.manual_seed(0)
root = pathlib.Path(__file__).resolve().parent
while not (root / "samples" / "digits.csv").exists():
    root = root.parent
a = np.loadtxt(root / "samples" / "digits.csv", delimiter=",", skiprows=1, dtype=np.float32)
np.random.RandomState(0).shuffle(a)
x, y = torch.from_numpy(a[:, :64] / 16), torch.from_numpy(a[:, 64]).long()
model = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
opt = torch.optim.AdamW(model.parameters(), lr=2e-3)
for epoch in range(args.epochs):
    model.train()
    for b in torch.randperm(1400).split(32):
        opt.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=not args.no_amp):
            out = model(x[b])
            loss = nn.functional.cross_entropy(out.float(), y[b])
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16, enabled=not args.no_amp):
        acc = (model(x[1400:]).argmax(1) == y[1400:]).float().mean().item()
    print(f"epoch={epoch} loss={loss.item():.4f} acc={acc:.4f}")
