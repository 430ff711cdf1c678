from pathlib import Path
import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(1)
d = Path(__file__).resolve().parent
while not (d / "samples" / "digits.csv").exists():
    d = d.parent
table = torch.from_numpy(np.loadtxt(d / "samples" / "digits.csv", delimiter=",", skiprows=1)).float()
table = table[torch.randperm(len(table))]
x, y = table[:, :64] / 16, table[:, 64].long()
x_train, y_train, x_valid, y_valid = x[:1400], y[:1400], x[1400:], y[1400:]

w1 = torch.randn(64, 256)
w2 = torch.randn(256, 256)
w3 = torch.randn(256, 10)
weights = [w.requires_grad_() for w in (w1, w2, w3)]
biases = [torch.zeros(n, requires_grad=True) for n in (256, 256, 10)]


def model(xb):
    h = xb
    for w, b in list(zip(weights, biases))[:-1]:
        h = torch.relu(h @ w + b)
    return h @ weights[-1] + biases[-1]


lr = 0.02
for epoch in range(10):
    for i in range(0, 1400, 40):
        loss = F.cross_entropy(model(x_train[i:i + 40]), y_train[i:i + 40])
        loss.backward()
        with torch.no_grad():
            for p in weights + biases:
                p -= p.grad * lr
                p.grad.zero_()
    with torch.no_grad():
        out = model(x_valid)
        print("epoch", epoch, "loss %.3f" % loss.item(), "val_loss %.3f" % F.cross_entropy(out, y_valid).item(), "val_acc %.3f" % (out.argmax(1) == y_valid).float().mean().item())
