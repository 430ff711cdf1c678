#!/usr/bin/python3
"""Writes small TorchScript files beside this script, and scripts.json: what PyTorch computes with them, forward, backward and after one step.

usage: /usr/bin/python3 make_scripts.py        (with Debian's PyTorch 1.13.1)
"""
import json
import os
from typing import List, Tuple

import torch
import torch.nn.functional as F
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.BatchNorm1d(width)
        self.fc = nn.Linear(width, width)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return x + self.drop(F.relu(self.fc(self.norm(x))))


class Net(nn.Module):
    """Two blocks of one class, an unused list, a tied weight, control flow."""

    def __init__(self):
        super().__init__()
        self.inp = nn.Linear(3, 4)
        self.blocks = nn.Sequential(Block(4), Block(4))
        self.head = nn.Linear(4, 2)
        self.scale = nn.Parameter(torch.tensor([2.0]))

    def forward(self, x):
        x = torch.tanh(self.inp(x))
        x = self.blocks(x)
        if x.dim() > 1:
            x = x * self.scale
        return self.head(x)

    @torch.jit.export
    def pair(self, x, times: int = 2) -> Tuple[torch.Tensor, List[torch.Tensor]]:
        return self.head(torch.tanh(self.inp(x))), [x * i for i in range(times)]


class Sequence(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 3, batch_first=True)
        self.head = nn.Linear(3, 2)

    def forward(self, x):
        out, (h, c) = self.lstm(x)
        return self.head(out[:, -1])


class Writer(nn.Module):
    def forward(self, x):
        torch.save(x, "pessimist-was-here")
        return x


class Reader(nn.Module):
    def forward(self, x):
        return torch.from_file("pessimist-was-here", True, 4) + x


def pack(t):
    return {"shape": list(t.shape), "dtype": {torch.float32: "f32", torch.int64: "i64"}[t.dtype], "data": t.detach().reshape(-1).tolist()}


def outputs(model, x):
    seen, hooks = {}, []
    for name, m in model.named_modules():
        hooks.append(m.register_forward_hook(lambda m, i, o, name=name: seen.__setitem__(name, pack(o[0] if isinstance(o, tuple) else o))))
    model(x)
    for h in hooks:
        h.remove()
    return seen


cases = {}


def case(name, model, x, trace=False):
    for m in model.modules():
        if isinstance(m, nn.Dropout):
            m.p = 0.0
    model.eval()
    modules = outputs(model, x)
    path = os.path.join(HERE, f"{name}.ts")
    if not trace:
        model.train()
    (torch.jit.trace(model, x) if trace else torch.jit.script(model)).save(path)
    before = {k: pack(v.clone()) for k, v in model.state_dict().items()}
    y = model(x)
    loss = (y * y).mean()
    loss.backward()
    grads = {k: pack(p.grad) for k, p in model.named_parameters()}
    torch.optim.SGD(model.parameters(), lr=0.1).step()
    cases[name] = {"input": pack(x), "modules": modules, "output": pack(y), "loss": pack(loss), "grads": grads, "before": before, "after": {k: pack(v) for k, v in model.state_dict().items()}}


if __name__ == "__main__":
    torch.manual_seed(0)
    case("net", Net(), torch.randn(5, 3))
    case("traced", Net(), torch.randn(5, 3), trace=True)
    case("sequence", Sequence(), torch.randn(2, 4, 2))
    torch.jit.script(Writer()).save(os.path.join(HERE, "writer.ts"))
    torch.jit.script(Reader()).save(os.path.join(HERE, "reader.ts"))
    torch.save(nn.Linear(2, 2).state_dict(), os.path.join(HERE, "pickled.pt"))
    torch.save(nn.Linear(2, 2).state_dict(), os.path.join(HERE, "legacy.pt"), _use_new_zipfile_serialization=False)
    with open(os.path.join(HERE, "scripts.json"), "w", encoding="utf-8", newline="\n") as f:
        json.dump(cases, f, separators=(",", ":"))
        f.write("\n")
