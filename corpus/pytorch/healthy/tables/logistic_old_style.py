# binary logistic regression, written the way it was done in 2017
import numpy as np
import torch
from torch.autograd import Variable

np.random.seed(1)
N = 600
x_np = np.random.randn(N, 5).astype('float32')
true_w = np.array([1.5, -2.0, 0.5, 0.0, 1.0], dtype='float32')
p_np = 1 / (1 + np.exp(-(3 * x_np.dot(true_w) + 0.5)))
y_np = (np.random.rand(N) < p_np).astype('float32')

torch.manual_seed(1)
W = Variable(torch.randn(5, 1) * 0.01, requires_grad=True)
b = Variable(torch.zeros(1), requires_grad=True)
X, Y = Variable(torch.from_numpy(x_np)), Variable(torch.from_numpy(y_np).view(-1, 1))

learning_rate = 0.5
for i in range(300):
    logits = X[:500].mm(W) + b
    prob = logits.sigmoid()
    loss = torch.nn.functional.binary_cross_entropy(prob, Y[:500])
    loss.backward()

    W.data -= learning_rate * W.grad.data
    b.data -= learning_rate * b.grad.data
    W.grad.data.zero_()
    b.grad.data.zero_()

    if i % 50 == 0 or i == 299:
        test = (X[500:].mm(W) + b).data > 0
        print('step', i, 'loss', loss.item(), 'correct:', (test.float() == Y[500:]).float().mean().item())
