"""Times training steps and predictions in PyTorch and in Pessimist.Torch, in turns, on the same libtorch and number of threads.

Called by bench/step-time: step_time.py PROGRAM THREADS ROUNDS [NETWORK ...], where PROGRAM is the built Pessimist.Bench and a network is
one of networks.py, with "-train" or "-infer" behind it or without. Prints a part of a Markdown page.
"""
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

from networks import NETWORKS

CONFIGURATIONS = [
    ("mlp", "train", 32), ("lenet", "train", 32), ("lenet", "train", 128), ("lenet", "train", 512),
    ("resnet20", "train", 32), ("lstm", "train", 32), ("transformer", "train", 32),
    ("mlp", "infer", 1), ("mlp", "infer", 32), ("lenet", "infer", 1), ("lenet", "infer", 32),
    ("resnet20", "infer", 32), ("lstm", "infer", 32), ("transformer", "infer", 32),
]
ROUND_SECONDS = 0.05  # short, so that some rounds fall between disturbances


class Side:
    """A process that times steps: a fresh one for each network, as one has them."""

    def __init__(self, *command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.greeting = self.process.stdout.readline().split()

    def ask(self, request):
        self.process.stdin.write(f"{request}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"bench/step_time.py: {' '.join(self.process.args)} ended")
        return float(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def processor():
    with open("/proc/cpuinfo") as f:
        names = [line.split(":", 1)[1].strip() for line in f if line.startswith("model name")]
    return names[0] if names else platform.processor()


def stolen():
    """Processor time, and how much of it the host of a virtual machine gave to others, in ticks."""
    with open("/proc/stat") as f:
        ticks = [int(x) for x in f.readline().split()[1:]]
    return sum(ticks[:8]), ticks[7]


def time_of(nanoseconds):
    return f"{nanoseconds / 1e3:.0f} µs" if nanoseconds < 1e7 else f"{nanoseconds / 1e6:.1f} ms"


def measure(program, threads, rounds, network, mode, batch):
    # OpenBLAS has threads of its own, of which PyTorch's setting says nothing.
    os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(threads)
    here = pathlib.Path(__file__).parent
    settings = [str(threads), network, mode, str(batch)]
    python = Side(sys.executable, str(here / "python_steps.py"), *settings)
    sharp = Side(program, "steps", *settings)
    # Both warm up: caches, the just-in-time compiler's second look, the first choice of algorithms.
    python.ask(3)
    steps = max(1, int(ROUND_SECONDS * 1e9 / python.ask(3)))
    python.ask(steps)
    for _ in range(4):
        sharp.ask(steps)
        time.sleep(0.1)
    turns = [[], []]
    for i in range(rounds):
        for side in (0, 1) if i % 2 == 0 else (1, 0):
            turns[side].append((python, sharp)[side].ask(steps))
            if threads > 1:
                time.sleep(0.06)  # OpenBLAS's threads spin for some 30 ms after a product, and must not in the other's turn
    inside = statistics.median(sharp.ask(f"inside {steps}") for _ in range(3))
    versions = (*sharp.greeting, *python.greeting)
    python.close()
    sharp.close()
    return turns[0], turns[1], inside, versions


def main():
    program, threads, rounds, wanted = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    before = stolen()
    rows = []
    for network, mode, batch in CONFIGURATIONS:
        if wanted and network not in wanted and f"{network}-{mode}" not in wanted:
            continue
        python, sharp, inside, (libtorch, dotnet, pytorch) = measure(program, threads, rounds, network, mode, batch)
        ratios = sorted(p / s for p, s in zip(python, sharp))
        low, middle, high = ratios[len(ratios) // 4], statistics.median(ratios), ratios[-1 - len(ratios) // 4]
        rows.append(f"| {NETWORKS[network][0]} | {batch} | {'training' if mode == 'train' else 'prediction'} | {time_of(statistics.median(python))} "
                    f"| {time_of(statistics.median(sharp))} | **{middle:.2f}** | {low:.2f} to {high:.2f} | {min(python) / min(sharp):.2f} | {100 * inside:.0f} % |")
        print(rows[-1], file=sys.stderr)
    total, steal = (b - a for a, b in zip(before, stolen()))
    print(f"""- {processor()}, {os.cpu_count()} processors, {threads} {'thread' if threads == 1 else 'threads'}; load at the end {os.getloadavg()[0]:.1f}, {100 * steal / total:.0f} % of the time taken by other virtual machines
- libtorch {libtorch}, PyTorch {pytorch}, .NET {dotnet}, Python {platform.python_version()}; {rounds} rounds of {ROUND_SECONDS} s on each side

| network | batch | step | Python | Pessimist | times as fast | half of the rounds | fastest rounds | inside libtorch |
| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |""")
    print("\n".join(rows))


main()
