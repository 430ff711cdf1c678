"""Physics-informed network: u'' = -pi^2 sin(pi x), u(0) = u(1) = 0."""
import math
import torch


def derivative(out, x):
    return torch.autograd.grad(out, x, torch.ones_like(out), create_graph=True)[0]


torch.manual_seed(5)
u = torch.nn.Sequential(torch.nn.Linear(1, 32), torch.nn.Tanh(), torch.nn.Linear(32, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
optimizer = torch.optim.Adam(u.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.MultiStepLR(optimizer, milestones=[500, 750], gamma=0.3)
ends = torch.tensor([[0.0], [1.0]])
grid = torch.linspace(0, 1, 101).unsqueeze(1)
for it in range(1, 901):
    x = torch.rand(64, 1, requires_grad=True)
    residual = derivative(derivative(u(x), x), x) + math.pi ** 2 * torch.sin(math.pi * x)
    physics = residual.pow(2).mean()
    boundary = u(ends).pow(2).mean()
    loss = physics + 20 * boundary
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    scheduler.step()
    if it % 150 == 0:
        with torch.no_grad():
            error = (u(grid) - torch.sin(math.pi * grid)).abs().max().item()
        print(f"{it:5d} physics {physics.item():.4f} boundary {boundary.item():.5f} max error {error:.4f}")
