"""Vision Transformer on 2x2 patches of the digits."""
import math
from pathlib import Path
import numpy as np
import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, dim * 3)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = self.qkv(x).view(B, T, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)
        att = (q @ k.transpose(-2, -1)) / math.sqrt(C // self.heads)
        att = att.softmax(dim=-1)
        return self.proj((att @ v).transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(dim), nn.LayerNorm(dim)
        self.attn = SelfAttention(dim, heads)
        self.mlp = nn.Sequential(nn.Linear(dim, dim * 2), nn.GELU(), nn.Linear(dim * 2, dim))

    def forward(self, x):
        x = x + self.attn(self.ln1(x))
        return x + self.mlp(self.ln2(x))


class ViT(nn.Module):
    def __init__(self, dim=32, depth=2, heads=4, classes=10):
        super().__init__()
        self.embed = nn.Linear(4, dim)
        self.cls = nn.Parameter(torch.zeros(1, 1, dim))
        self.pos = nn.Parameter(torch.randn(1, 17, dim) * 0.02)
        self.blocks = nn.Sequential(*[Block(dim, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, classes)

    def forward(self, img):
        patches = img.unfold(2, 2, 2).unfold(3, 2, 2).reshape(img.size(0), 16, 4)
        x = torch.cat([self.cls.expand(img.size(0), -1, -1), self.embed(patches)], dim=1) + self.pos
        return self.head(self.norm(self.blocks(x))[:, 0])


def batches(n, size, gen):
    for chunk in torch.randperm(n, generator=gen).split(size):
        yield chunk


def main():
    torch.manual_seed(1)
    gen = torch.Generator().manual_seed(1)
    folder = Path(__file__).resolve().parent
    while not (folder / "samples" / "digits.csv").exists():
        folder = folder.parent
    table = torch.from_numpy(np.loadtxt(folder / "samples" / "digits.csv", delimiter=",", skiprows=1)).float()
    table = table[torch.randperm(len(table), generator=gen)]
    x = ((table[:, :64] - 4.9) / 6.0).reshape(-1, 1, 8, 8)
    y = table[:, 64].long()
    model = ViT()
    epochs, bs = 9, 64
    steps = epochs * math.ceil(1437 / bs)
    opt = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.05)
    warmup = 20
    sched = torch.optim.lr_scheduler.LambdaLR(
        opt, lambda s: s / warmup if s < warmup else 0.5 * (1 + math.cos(math.pi * (s - warmup) / (steps - warmup))))
    for epoch in range(epochs):
        model.train()
        for idx in batches(1437, bs, gen):
            loss = nn.functional.cross_entropy(model(x[idx]), y[idx], label_smoothing=0.05)
            opt.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            opt.step()
            sched.step()
        model.eval()
        with torch.no_grad():
            acc = (model(x[1437:]).argmax(-1) == y[1437:]).float().mean().item()
        print(f"epoch {epoch} lr={sched.get_last_lr()[0]:.5f} loss={loss.item():.3f} valid acc={acc:.3f}")


main()
