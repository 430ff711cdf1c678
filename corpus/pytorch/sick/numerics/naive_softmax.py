import csv
import os
import torch

torch.manual_seed(0)
d = os.path.dirname(os.path.abspath(__file__))
while not os.path.exists(os.path.join(d, "samples", "digits.csv")):
    d = os.path.dirname(d)
with open(os.path.join(d, "samples", "digits.csv")) as f:
    rows = torch.tensor([[float(v) for v in r] for r in list(csv.reader(f))[1:]])
rows = rows[torch.randperm(len(rows))]
x, y = rows[:, :64], rows[:, 64].long()


def softmax(z):
    e = torch.exp(z)
    return e / e.sum(dim=1, keepdim=True)


W = torch.randn(64, 10, requires_grad=True)
b = torch.zeros(10, requires_grad=True)
lr = 0.01
for epoch in range(30):
    for i in range(0, 1400, 50):
        p = softmax(x[i:i + 50] @ W + b)
        loss = -torch.log(p[torch.arange(len(p)), y[i:i + 50]]).mean()
        loss.backward()
        with torch.no_grad():
            W -= lr * W.grad
            b -= lr * b.grad
        W.grad = b.grad = None
    with torch.no_grad():
        acc = (softmax(x[1400:] @ W + b).argmax(1) == y[1400:]).float().mean()
    print("epoch %d: loss %.4f, acc %.4f" % (epoch, loss.item(), acc.item()))
