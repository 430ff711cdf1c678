import torch
from torch import nn

torch.manual_seed(7)


class Encoder(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, dim))

    def forward(self, x):
        return self.body(x)


def shapes(n):
    kind = torch.randint(0, 3, (n,))
    img = torch.randn(n, 1, 12, 12) * 0.1
    for i, k in enumerate(kind.tolist()):
        r, c = torch.randint(2, 8, (2,)).tolist()
        if k == 0:
            img[i, 0, r:r + 4, c:c + 4] += 1
        elif k == 1:
            img[i, 0, r, :] += 1
        else:
            img[i, 0, :, c] += 1
    return img, kind


model = nn.Sequential(Encoder(16), nn.ReLU(), nn.Linear(16, 3))
optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
train_x, train_y = shapes(600)
test_x, test_y = shapes(200)
for epoch in range(30):
    model.train()
    for batch in torch.randperm(600).split(30):
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(model(train_x[batch]), train_y[batch]).backward()
        optimizer.step()
    model.eval()
    predictions = torch.cat([model(part) for part in test_x.split(40)])
    accuracy = (predictions.argmax(1) == test_y).double().mean().item()
    print("epoch", epoch, "accuracy", round(accuracy, 3))
