import torch
import torch.nn as nn

# Nearly all of the variance is noise: the loss cannot fall far, and the program is right.
torch.manual_seed(11)
x = torch.randn(3000, 6)
y = 0.3 * x[:, :1] - 0.2 * x[:, 1:2] + torch.randn(3000, 1)
model = nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Linear(16, 1))
opt = torch.optim.Adam(model.parameters(), lr=1e-3, weight_decay=1e-4)
for epoch in range(8):
    model.train()
    for i in torch.randperm(2400).split(48):
        loss = nn.functional.mse_loss(model(x[i]), y[i])
        opt.zero_grad()
        loss.backward()
        opt.step()
    model.eval()
    with torch.no_grad():
        error = nn.functional.mse_loss(model(x[2400:]), y[2400:])
        base = y[2400:].var()
    print(f"epoch {epoch} val {error.item():.3f} explained {1 - (error / base).item():.3f}")
