import torch
from torch import nn

torch.manual_seed(3)
critic = nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1))
optimizer = torch.optim.RMSprop(critic.parameters(), 1e-3)
for i in range(60):
    real, fake = torch.randn(8, 4) + 1, torch.randn(8, 4)
    between = (0.5 * real + 0.5 * fake).requires_grad_()
    (gradient,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    penalty = ((gradient.norm(2, 1) - 1) ** 2).mean()
    loss = critic(fake).mean() - critic(real).mean() + 10 * penalty
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss.item(), penalty.item())
