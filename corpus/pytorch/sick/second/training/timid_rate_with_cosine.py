import torch
import torch.nn as nn
from torch.optim.lr_scheduler import CosineAnnealingLR

torch.manual_seed(24)
y = torch.randint(0, 5, (1200,))
x = torch.randn(5, 16)[y] * 1.5 + torch.randn(1200, 16)
model = nn.Sequential(nn.Linear(16, 48), nn.LayerNorm(48), nn.GELU(), nn.Linear(48, 5))
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-6, weight_decay=0.01)
scheduler = CosineAnnealingLR(optimizer, T_max=10)
for epoch in range(10):
    hits = 0
    for idx in torch.randperm(1200).split(40):
        out = model(x[idx])
        loss = nn.functional.cross_entropy(out, y[idx])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        hits += (out.argmax(1) == y[idx]).sum().item()
    scheduler.step()
    print(f"epoch {epoch} accuracy {hits / 1200:.3f}")
