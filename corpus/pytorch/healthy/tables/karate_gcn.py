# two-layer graph convolution on a generated citation graph
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.RandomState(0)
torch.manual_seed(0)
N, C = 240, 3
labels = rng.randint(0, C, N)
prob = np.where(labels[:, None] == labels[None], 0.06, 0.006)
A = np.triu(rng.rand(N, N) < prob, 1)
A = (A | A.T).astype(np.float32) + np.eye(N, dtype=np.float32)
D = A.sum(1) ** -0.5
A_hat = torch.from_numpy(D[:, None] * A * D[None])
words = rng.rand(C, 50) * 0.2
X = torch.from_numpy((rng.rand(N, 50) < words[labels] + 0.02).astype(np.float32))
y = torch.from_numpy(labels)
train_mask, test_mask = torch.zeros(N, dtype=torch.bool), torch.zeros(N, dtype=torch.bool)
train_mask[:60] = True
test_mask[100:] = True


class GCN(nn.Module):
    def __init__(self, nfeat, nhid, nclass):
        super().__init__()
        self.w1 = nn.Linear(nfeat, nhid)
        self.w2 = nn.Linear(nhid, nclass)

    def forward(self, x, adj):
        x = F.relu(adj @ self.w1(x))
        x = F.dropout(x, 0.3, training=self.training)
        return F.log_softmax(adj @ self.w2(x), dim=1)


model = GCN(50, 16, C)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-4)
for epoch in range(100):
    model.train()
    optimizer.zero_grad()
    output = model(X, A_hat)
    loss_train = F.nll_loss(output[train_mask], y[train_mask])
    loss_train.backward()
    optimizer.step()
    if epoch % 20 == 19:
        model.eval()
        with torch.no_grad():
            output = model(X, A_hat)
        acc = (output[test_mask].argmax(1) == y[test_mask]).float().mean().item()
        print("Epoch: {:04d} loss_train: {:.4f} test acc {:.4f}".format(epoch + 1, loss_train.item(), acc))
