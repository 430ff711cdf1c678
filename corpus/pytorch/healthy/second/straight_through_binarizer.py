import torch
import torch.nn as nn


class Binarize(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.sign(x)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * (x.abs() <= 1)


class Reverse(torch.autograd.Function):
    """Gradient reversal, as in domain-adversarial training."""

    @staticmethod
    def forward(ctx, x):
        return x.view_as(x)

    @staticmethod
    def backward(ctx, g):
        return -0.1 * g


torch.manual_seed(15)
y = torch.randint(0, 3, (900,))
x = torch.randn(3, 10)[y] * 1.5 + torch.randn(900, 10)
domain = (torch.arange(900) % 2).float()
x[:, 0] += domain
body, head, critic = nn.Linear(10, 24), nn.Linear(24, 3), nn.Linear(24, 1)
opt = torch.optim.Adam([*body.parameters(), *head.parameters(), *critic.parameters()], lr=5e-3)
for epoch in range(15):
    for i in torch.randperm(900).split(30):
        h = Binarize.apply(body(x[i]))
        loss = nn.functional.cross_entropy(head(h), y[i])
        loss = loss + nn.functional.binary_cross_entropy_with_logits(critic(Reverse.apply(h)).squeeze(1), domain[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
    with torch.no_grad():
        print("epoch", epoch, "acc", (head(torch.sign(body(x))).argmax(1) == y).float().mean().item())
