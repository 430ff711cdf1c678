# a deep chain of small layers, parameters in a list
import torch

g = torch.Generator().manual_seed(5)
width = 16
first = (torch.randn(2, width, generator=g) * 0.7).requires_grad_()
chain = [((torch.randn(width, width, generator=g) * 0.25).requires_grad_(), torch.zeros(width, requires_grad=True)) for k in range(12)]
last = (torch.randn(width, 1, generator=g) * 0.25).requires_grad_()
bias = torch.zeros(1, requires_grad=True)


def f(x):
    h = torch.tanh(x @ first)
    for W, c in chain:
        h = torch.sigmoid(h @ W + c)
    return h @ last + bias


params = [first, last, bias] + [p for pair in chain for p in pair]
optimizer = torch.optim.SGD(params, lr=0.02, momentum=0.9)
for step in range(500):
    x = torch.rand(64, 2, generator=g) * 2 - 1
    y = torch.sin(3 * x[:, :1]) * x[:, 1:]
    loss = (f(x) - y).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 99:
        print("step %d mse %.5f" % (step + 1, loss.item()))
