"""Which of three growers made the wine? Generated chemistry, a sequential model, functional loss."""
import torch
from torch import nn
from torch.nn import functional as F


def chemistry(n, generator):
    kind = torch.randint(0, 3, (n,), generator=generator)
    centre = torch.tensor([[13.7, 2.0, 2.9, 5.5], [12.3, 1.9, 2.1, 3.1], [13.2, 3.3, 0.8, 7.4]])
    spread = torch.tensor([0.4, 0.5, 0.4, 0.9])
    return centre[kind] + spread * torch.randn(n, 4, generator=generator), kind


def build():
    return nn.Sequential(
        nn.Linear(4, 24),
        nn.Tanh(),
        nn.Linear(24, 3),
        nn.Softmax(dim=-1),
    )


def main():
    torch.manual_seed(31)
    g = torch.Generator().manual_seed(31)
    x, kind_all = chemistry(900, g)
    x = (x - x.mean(0)) / x.std(0)
    train_x, train_k, test_x, test_k = x[:700], kind_all[:700], x[700:], kind_all[700:]
    model = build()
    opt = torch.optim.Adam(model.parameters(), lr=0.01)
    for epoch in range(25):
        for rows in torch.randperm(700).split(35):
            kind = train_k[rows]
            probs = model(train_x[rows])
            loss = F.cross_entropy(probs, kind)
            opt.zero_grad()
            loss.backward()
            opt.step()
        if epoch % 4 == 0:
            with torch.no_grad():
                p = model(test_x)
                print(f"epoch {epoch}: cross-entropy {F.cross_entropy(p, test_k):.4f} accuracy {(p.argmax(1) == test_k).float().mean():.3f}")


if __name__ == "__main__":
    main()
