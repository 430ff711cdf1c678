"""Times one training step in PyTorch and in Pessimist.Torch, in turns, on the same libtorch and number of threads.

Called by bench/step-time: step_time.py PROGRAM THREADS ROUNDS, where PROGRAM is the built Pessimist.Bench.
Prints a Markdown page.
"""
import os
import platform
import statistics
import subprocess
import sys
import time

import torch
from torch import nn

CONFIGURATIONS = [("mlp", 32), ("lenet", 32), ("lenet", 128), ("lenet", 512)]
ROUND_SECONDS = 0.05  # short, so that some rounds fall between disturbances


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)
        self.relu = nn.ReLU()
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        x = self.pool(self.relu(self.conv1(x)))
        x = self.pool(self.relu(self.conv2(x)))
        x = self.relu(self.fc1(x.flatten(1)))
        x = self.relu(self.fc2(x))
        return self.fc3(x)


def training(model, batch):
    net = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10)) if model == "mlp" else LeNet()
    adam = torch.optim.Adam(net.parameters())
    loss_function = nn.CrossEntropyLoss()
    x = torch.randn(batch, 64) if model == "mlp" else torch.randn(batch, 1, 28, 28)
    y = torch.randint(0, 10, (batch,))

    def step():
        adam.zero_grad(set_to_none=True)
        loss_function(net(x), y).backward()
        adam.step()

    return step


def in_python(step, steps):
    start = time.perf_counter_ns()
    for _ in range(steps):
        step()
    return (time.perf_counter_ns() - start) / steps


def processor():
    with open("/proc/cpuinfo") as f:
        names = [line.split(":", 1)[1].strip() for line in f if line.startswith("model name")]
    return names[0] if names else platform.processor()


def stolen():
    """Processor time, and how much of it the host of a virtual machine gave to others, in ticks."""
    with open("/proc/stat") as f:
        ticks = [int(x) for x in f.readline().split()[1:]]
    return sum(ticks[:8]), ticks[7]


def main():
    program, threads, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    child = subprocess.Popen([program, str(threads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    libtorch, dotnet = child.stdout.readline().split()

    def in_dotnet(model, batch, steps):
        child.stdin.write(f"{model} {batch} {steps}\n")
        child.stdin.flush()
        return float(child.stdout.readline())

    before = stolen()
    rows = []
    for model, batch in CONFIGURATIONS:
        step = training(model, batch)
        # Both warm up: caches, the just-in-time compiler's second look, the first choice of algorithms.
        warm = in_python(step, 20)
        steps = max(3, int(ROUND_SECONDS * 1e9 / warm))
        in_python(step, steps)
        for _ in range(4):
            in_dotnet(model, batch, steps)
            time.sleep(0.15)
        python, sharp = [], []
        for i in range(rounds):
            turns = [lambda: python.append(in_python(step, steps)), lambda: sharp.append(in_dotnet(model, batch, steps))]
            for turn in turns if i % 2 == 0 else reversed(turns):
                turn()
                time.sleep(0.06)  # OpenBLAS's threads spin for some 30 ms after a product, and must not in the other's turn
        rows.append((model, batch, python, sharp))
        print(f"{model} {batch}: done", file=sys.stderr)
    child.stdin.close()
    child.wait()
    total, steal = (b - a for a, b in zip(before, stolen()))

    print(f"""# How fast the engine is

One training step (gradients forgotten, forward, cross-entropy, backward, Adam) in Pessimist.Torch and in PyTorch's Python, on the same
libtorch and number of threads, in turns. Written by `bench/step-time`; do not edit.

- {processor()}, {os.cpu_count()} processors, {threads} threads; load at the end {os.getloadavg()[0]:.1f}, {100 * steal / total:.0f} % of the time taken by other virtual machines
- libtorch {libtorch}, PyTorch {torch.__version__}, .NET {dotnet}, Python {platform.python_version()}; {rounds} rounds of {ROUND_SECONDS} s

The fastest round tells what the programs cost; the median also what the machine was doing meanwhile.

| network | batch | Python, median | Pessimist, median | times as fast | Python, fastest | Pessimist, fastest | times as fast |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |""")
    for model, batch, python, sharp in rows:
        name = "MLP 64-128-10" if model == "mlp" else "LeNet 28x28"
        p, s = statistics.median(python), statistics.median(sharp)
        print(f"| {name} | {batch} | {p / 1e3:.0f} µs | {s / 1e3:.0f} µs | {p / s:.2f} | {min(python) / 1e3:.0f} µs | {min(sharp) / 1e3:.0f} µs | {min(python) / min(sharp):.2f} |")
    print("""
Where the time goes, and does not go:

- An operator is looked up once; a call is one crossing into native code that allocates nothing but the tensor it returns.
- An optimizer's step over all parameters is one call and one pass over the memory (`native/fused.cpp`), where PyTorch makes a call per
  operation and parameter. This is most of the difference for small networks.
- Max pooling in windows that do not overlap has a kernel of its own (`native/pool.cpp`), with libtorch's results.
- Memory that a step frees is kept for the next one instead of going back to the system page by page.
- Matrix products and convolutions are libtorch's own, so the larger the batch, the closer the two.""")


main()
