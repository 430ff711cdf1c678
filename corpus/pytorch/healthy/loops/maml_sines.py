"""Model-agnostic meta-learning of sine waves, functional style, second order."""
import math
import torch
import torch.nn.functional as F


def init(gen):
    sizes = [(1, 32), (32, 32), (32, 1)]
    params = []
    for n_in, n_out in sizes:
        params.append((torch.randn(n_in, n_out, generator=gen) * math.sqrt(2 / n_in)).requires_grad_())
        params.append(torch.zeros(n_out, requires_grad=True))
    return params


def net(x, p):
    h = torch.relu(x @ p[0] + p[1])
    h = torch.relu(h @ p[2] + p[3])
    return h @ p[4] + p[5]


def task(gen):
    amp = torch.rand(1, generator=gen) * 3 + 1
    phase = torch.rand(1, generator=gen) * math.pi

    def draw(n):
        x = torch.rand(n, 1, generator=gen) * 10 - 5
        return x / 5, amp * torch.sin(x + phase)

    return draw


def adapt(params, x, y, lr=0.05):
    grads = torch.autograd.grad(F.mse_loss(net(x, params), y), params, create_graph=True)
    return [p - lr * g for p, g in zip(params, grads)]


gen = torch.Generator().manual_seed(13)
params = init(gen)
meta = torch.optim.Adam(params, lr=3e-3)
avg = None
for it in range(1, 501):
    losses = []
    for _ in range(4):
        draw = task(gen)
        fast = adapt(adapt(params, *draw(10)), *draw(10))
        x, y = draw(10)
        losses.append(F.mse_loss(net(x, fast), y))
    loss = torch.stack(losses).mean()
    meta.zero_grad()
    loss.backward()
    meta.step()
    avg = loss.item() if avg is None else 0.97 * avg + 0.03 * loss.item()
    if it % 100 == 0:
        print(f"iteration {it}: loss after adaptation {avg:.3f}")
