import torch

torch.manual_seed(10)
x, y = torch.randn(40, 3), torch.randn(40, 1)
w1, b1, w2 = torch.randn(3, 8, requires_grad=True), torch.zeros(8, requires_grad=True), torch.randn(8, 1, requires_grad=True)
for i in range(70):
    loss = ((torch.tanh(x @ w1 + b1) @ w2 - y) ** 2).mean()
    loss.backward()
    with torch.no_grad():
        for p in (w1, b1, w2):
            p -= 0.05 * p.grad
            p.grad.zero_()
print(loss.item())
v = torch.zeros(3, 1, requires_grad=True)
for i in range(20):
    (g,) = torch.autograd.grad(((x @ v - y) ** 2).mean(), [v])
    v = (v - 0.1 * g).detach().requires_grad_()
