import numpy as np
import torch
import torch.nn as nn

# Sequences of different lengths; accuracy over the tokens that are there. Each mean is over batches of equal size.
torch.manual_seed(1)
np.random.seed(1)


def batch(n=32, length=12):
    x = np.random.randint(1, 10, (n, length))
    lengths = np.random.randint(4, length + 1, n)
    mask = np.arange(length)[None] < lengths[:, None]
    y = (np.cumsum(x, 1) % 2) * 1
    return torch.from_numpy(x * mask), torch.from_numpy(y), torch.from_numpy(mask)


class Parity(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(10, 16)
        self.gru = nn.GRU(16, 48, batch_first=True)
        self.out = nn.Linear(48, 2)

    def forward(self, x):
        return self.out(self.gru(self.emb(x))[0])


model = Parity()
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for epoch in range(8):
    model.train()
    epoch_loss, epoch_acc, steps = 0.0, 0.0, 40
    for _ in range(steps):
        x, y, mask = batch()
        logits = model(x)
        losses = nn.functional.cross_entropy(logits.transpose(1, 2), y, reduction="none")
        loss = (losses * mask).sum() / mask.sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        epoch_loss += loss.item()
        epoch_acc += ((logits.argmax(-1) == y) & mask).sum().item() / mask.sum().item()
    print(f"epoch {epoch} loss {epoch_loss / steps:.3f} accuracy {epoch_acc / steps:.3f}")
