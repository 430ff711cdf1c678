import torch

torch.manual_seed(14)
X = torch.randn(600, 6)
y = torch.sin(X[:, :1]) - X[:, 1:2]
W1, b1, W2 = torch.randn(6, 24) * 0.4, torch.zeros(24), torch.randn(24, 1) * 0.2
params = [p.requires_grad_() for p in (W1, b1, W2)]
velocity = [torch.zeros_like(p) for p in params]
for epoch in range(25):
    for i in range(0, 600, 30):
        loss = ((torch.relu(X[i:i + 30] @ W1 + b1) @ W2 - y[i:i + 30]) ** 2).mean()
        grads = torch.autograd.grad(loss, params)
        with torch.no_grad():
            for p, v, g in zip(params, velocity, grads):
                v.mul_(0.9).add_(g)
                p -= 0.01 * v
    if epoch % 5 == 4:
        print("epoch", epoch, "mse", loss.item())
