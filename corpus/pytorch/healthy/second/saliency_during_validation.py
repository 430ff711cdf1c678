"""Validation needs gradients here: of the inputs, for saliency."""
import torch
import torch.nn as nn

torch.manual_seed(2)
x = torch.randn(800, 10)
y = (x[:, 0] + x[:, 3] > 0).long()
model = nn.Sequential(nn.Linear(10, 32), nn.ReLU(), nn.Linear(32, 2))
opt = torch.optim.Adam(model.parameters(), 3e-3)
for epoch in range(12):
    model.train()
    for i in torch.randperm(640).split(32):
        opt.zero_grad()
        nn.functional.cross_entropy(model(x[i]), y[i]).backward()
        opt.step()
    model.eval()
    probe = x[640:].clone().requires_grad_()
    logits = model(probe)
    saliency = torch.autograd.grad(logits.gather(1, y[640:, None]).sum(), probe)[0].abs().mean(0)
    print("epoch", epoch, "acc", (logits.argmax(1) == y[640:]).float().mean().item(), "top", saliency.topk(2).indices.tolist())
