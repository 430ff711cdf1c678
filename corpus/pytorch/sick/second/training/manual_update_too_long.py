import numpy as np
import torch

np.random.seed(4)
torch.manual_seed(4)
x = torch.from_numpy(np.random.randn(600, 5).astype(np.float32))
y = torch.sin(x[:, 0]) + x[:, 1] * 0.5
H = 30
W1 = torch.nn.Parameter(torch.randn(5, H) * 0.4)
b1 = torch.nn.Parameter(torch.zeros(H))
W2 = torch.nn.Parameter(torch.randn(H) * 0.2)


def forward(inp):
    return torch.relu(inp @ W1 + b1) @ W2


learning_rate = 2.0
for epoch in range(12):
    for k in range(0, 600, 30):
        loss = (forward(x[k:k + 30]) - y[k:k + 30]).pow(2).mean()
        loss.backward()
        for p in (W1, b1, W2):
            p.data -= learning_rate * p.grad.data
            p.grad = None
    print("epoch", epoch, "mse", forward(x).sub(y).pow(2).mean().item())
