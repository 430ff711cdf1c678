"""Teacher and student on the digits; the student sees soft and hard labels."""
from pathlib import Path
import numpy as np
import torch
from torch import nn
import torch.nn.functional as F


def digits():
    folder = Path(__file__).resolve().parent
    while not (folder / "samples" / "digits.csv").exists():
        folder = folder.parent
    t = np.loadtxt(folder / "samples" / "digits.csv", delimiter=",", skiprows=1)
    np.random.RandomState(1).shuffle(t)
    return torch.tensor(t[:, :64] / 16, dtype=torch.float32), torch.tensor(t[:, 64], dtype=torch.long)


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


def train_teacher(model, x, y, epochs):
    opt = torch.optim.Adam(model.parameters(), lr=2e-3)
    for _ in range(epochs):
        model.train()
        for b in torch.randperm(len(x)).split(64):
            opt.zero_grad()
            F.cross_entropy(model(x[b]), y[b]).backward()
            opt.step()


def distill(student, teacher, x, y, epochs, T=3.0, soft=0.7):
    opt = torch.optim.Adam(student.parameters(), lr=3e-3)
    teacher.eval()
    for epoch in range(epochs):
        student.train()
        for b in torch.randperm(len(x)).split(64):
            with torch.no_grad():
                goal = teacher(x[b])
            out = student(x[b])
            kd = F.kl_div(F.log_softmax(out / T, 1), F.softmax(goal / T, 1), reduction="batchmean") * T * T
            loss = soft * kd + (1 - soft) * F.cross_entropy(out, y[b])
            opt.zero_grad()
            loss.backward()
            opt.step()
        yield epoch, loss.item()


torch.manual_seed(4)
x, y = digits()
teacher = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Dropout(0.3), nn.Linear(256, 10))
student = nn.Sequential(nn.Linear(64, 24), nn.ReLU(), nn.Linear(24, 10))
train_teacher(teacher, x[:1400], y[:1400], 10)
print("teacher accuracy %.4f" % accuracy(teacher, x[1400:], y[1400:]))
for epoch, loss in distill(student, teacher, x[:1400], y[:1400], 20):
    if epoch % 4 == 3:
        print("epoch %d loss %.4f student accuracy %.4f" % (epoch, loss, accuracy(student, x[1400:], y[1400:])))
