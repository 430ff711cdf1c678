import torch

torch.manual_seed(3)
X = torch.randn(500, 8)
w_true = torch.randn(8, 1)
y = torch.tanh(X @ w_true) + 0.05 * torch.randn(500, 1)

w1 = (torch.randn(8, 20) * 0.3).requires_grad_()
b1 = torch.zeros(20, requires_grad=True)
w2 = (torch.randn(20, 1) * 0.3).requires_grad_()
b2 = torch.zeros(1, requires_grad=True)
params = [w1, b1, w2, b2]
lr = 0.01
for epoch in range(30):
    for i in range(0, 500, 25):
        out = torch.tanh(X[i:i + 25] @ w1 + b1) @ w2 + b2
        loss = ((out - y[i:i + 25]) ** 2).mean()
        loss.backward()
        with torch.no_grad():
            for p in params:
                p.add_(lr * p.grad)
                p.grad.zero_()
    print(epoch, "mse", loss.item())
