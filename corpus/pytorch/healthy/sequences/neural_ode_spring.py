"""A damped spring as an ODE with a learned right side, integrated by Runge-Kutta."""
import torch
from torch import nn


def rk4(f, y, h):
    k1 = f(y)
    k2 = f(y + h / 2 * k1)
    k3 = f(y + h / 2 * k2)
    k4 = f(y + h * k3)
    return y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)


def true_f(y):
    return torch.stack([y[..., 1], -2.0 * y[..., 0] - 0.2 * y[..., 1]], dim=-1)


torch.manual_seed(14)
h, T = 0.1, 12
with torch.no_grad():
    y = torch.randn(200, 2)
    track = [y]
    for _ in range(T):
        y = rk4(true_f, y, h)
        track.append(y)
    truth = torch.stack(track, 1)
field = nn.Sequential(nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 2))
optimizer = torch.optim.Adam(field.parameters(), lr=0.01)
for it in range(1, 251):
    rows = torch.randint(0, 160, (40,))
    state, loss = truth[rows, 0], 0.0
    for t in range(1, T + 1):
        state = rk4(field, state, h)
        loss = loss + (state - truth[rows, t]).pow(2).mean()
    loss = loss / T
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if it % 50 == 0:
        with torch.no_grad():
            state = truth[160:, 0]
            for t in range(T):
                state = rk4(field, state, h)
            error = (state - truth[160:, -1]).pow(2).mean().sqrt()
        print("iteration %d loss %.5f rollout error %.4f" % (it, loss.item(), error.item()))
