"""MLP mixer for short sequences: moving maximum of a signal."""
import torch
from torch import nn


class MixerBlock(nn.Module):
    def __init__(self, length, width):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.tokens = nn.Sequential(nn.Linear(length, 32), nn.GELU(), nn.Linear(32, length))
        self.channels = nn.Sequential(nn.Linear(width, 32), nn.GELU(), nn.Linear(32, width))

    def forward(self, x):
        x = x + self.tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.channels(self.norm2(x))


class Mixer(nn.Module):
    def __init__(self, length=12, width=16, depth=4):
        super().__init__()
        self.lift = nn.Linear(1, width)
        self.layers = nn.ModuleList([MixerBlock(length, width)] * depth)
        self.head = nn.Linear(width, 1)

    def forward(self, x):
        h = self.lift(x.unsqueeze(-1))
        for layer in self.layers:
            h = layer(h)
        return self.head(h).squeeze(-1)


torch.manual_seed(71)
mixer = Mixer()
opt = torch.optim.AdamW(mixer.parameters(), lr=3e-3)
for step in range(500):
    x = torch.randn(64, 12)
    target = torch.cummax(x, dim=1).values
    loss = nn.functional.mse_loss(mixer(x), target)
    opt.zero_grad()
    loss.backward()
    opt.step()
    if step % 100 == 99:
        print("step %d error %.4f" % (step + 1, loss.sqrt().item()))
