import torch
import torch.nn as nn

torch.manual_seed(1)
t = torch.linspace(0, 4, 160).unsqueeze(1)
signal = 2 * torch.exp(-0.8 * t) * torch.cos(4 * t) + 0.05 * torch.randn_like(t)
model = nn.Sequential(nn.Linear(1, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh(), nn.Linear(24, 1))
criterion = nn.MSELoss()
optimizer = torch.optim.LBFGS(model.parameters(), lr=0.8, max_iter=20, history_size=20, line_search_fn="strong_wolfe")

for i in range(15):
    def closure():
        optimizer.zero_grad()
        out = model(t / 2 - 1)
        loss = criterion(out, signal)
        loss.backward()
        return loss

    loss = optimizer.step(closure)
    print("STEP:", i, "loss:", loss.item())
with torch.no_grad():
    print("final rmse %.4f" % criterion(model(t / 2 - 1), signal).sqrt().item())
