import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(12)


def scenes(n):
    image = torch.rand(n, 1, 16, 16) * 0.4
    mask = torch.zeros(n, 1, 16, 16)
    for i in range(n):
        r, c, s = torch.randint(1, 9, (1,)).item(), torch.randint(1, 9, (1,)).item(), torch.randint(3, 7, (1,)).item()
        mask[i, 0, r:r + s, c:c + s] = 1
    return image + mask * 0.6, mask


class Segmenter(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(1, 12, 3, padding=1)
        self.b = nn.Conv2d(12, 12, 3, padding=1)
        self.c = nn.Conv2d(12, 1, 1)

    def forward(self, x):
        return self.c(F.relu(self.b(F.relu(self.a(x)))))


def dice(pred, mask):
    return (2 * (pred * mask).sum() / (pred.sum() + mask.sum() + 1e-6)).item()


train_x, train_m = scenes(200)
valid_x, valid_m = scenes(40)
model = Segmenter()
opt = torch.optim.Adam(model.parameters(), lr=0.02)
for epoch in range(16):
    model.train()
    for b in torch.randperm(200).split(20):
        opt.zero_grad()
        loss = F.binary_cross_entropy_with_logits(model(train_x[b]), train_m[b])
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        logits = model(valid_x)
        valid_loss = F.binary_cross_entropy_with_logits(logits, valid_m).item()
        score = dice((logits > 0).float(), train_m[:40])
    print(f"epoch {epoch} valid loss {valid_loss:.3f} dice {score:.3f}")
