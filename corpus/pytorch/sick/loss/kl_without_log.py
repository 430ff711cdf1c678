"""Distils a wide teacher into a narrow student."""
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(9)
T = 2.0


def spiral(n):
    label = torch.randint(0, 3, (n,))
    r = torch.rand(n) * 0.9 + 0.1
    angle = r * 4 + label * 2.0944 + 0.9 * torch.randn(n)
    return torch.stack([r * angle.cos(), r * angle.sin()], 1) * 2, label


def mlp(width):
    return nn.Sequential(nn.Linear(2, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 3))


teacher = mlp(64)
opt = torch.optim.Adam(teacher.parameters(), lr=5e-3)
for step in range(300):
    x, label = spiral(128)
    loss = F.cross_entropy(teacher(x), label)
    opt.zero_grad()
    loss.backward()
    opt.step()
print("teacher loss %.3f" % loss.item())
teacher.eval()
for p in teacher.parameters():
    p.requires_grad_(False)

student = mlp(24)
kd_loss = nn.KLDivLoss(reduction="batchmean")
opt = torch.optim.Adam(student.parameters(), lr=5e-3)
for step in range(500):
    x, _ = spiral(128)
    with torch.no_grad():
        teacher_p = F.softmax(teacher(x) / T, dim=1)
    student_p = F.softmax(student(x) / T, dim=1)
    loss = kd_loss(student_p, teacher_p) * T * T
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 99:
        with torch.no_grad():
            x, _ = spiral(500)
            gap = (student(x).softmax(1) - teacher(x).softmax(1)).abs().mean()
        print("step %d distillation loss %.4f mean difference %.4f" % (step + 1, loss.item(), gap))
