"""
What watching takes where much happens: 100,000 steps, 10,000 modules. Prints seconds and memory with and without the probe, and what was recorded.
usage: python3 bench/python-overhead/load.py [STEPS] [MODULES]
"""

import os
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

LONG = """
import gc, resource, sys, time
import torch
from torch import nn

torch.set_num_threads(1)
steps = int(sys.argv[1])
net = nn.Linear(4, 1)
optimizer = torch.optim.SGD(net.parameters(), 0.001)
x, y = torch.randn(64, 8, 4), torch.randn(64, 8, 1)
began = time.process_time()
for i in range(steps):
    optimizer.zero_grad()
    nn.functional.mse_loss(net(x[i % 64]), y[i % 64]).backward()
    optimizer.step()
    if i == steps // 10:
        gc.collect()
        early = len(gc.get_objects())
    if i % 500 == 0:
        with torch.no_grad():
            net(x[0])
seconds = time.process_time() - began
gc.collect()
print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, len(gc.get_objects()) - early)
"""

WIDE = """
import gc, resource, sys, time
import torch
from torch import nn

torch.set_num_threads(1)
began = time.process_time()
count = int(sys.argv[1])
net = nn.Sequential(*[nn.Sequential(nn.Linear(2, 2), nn.Tanh()) for _ in range(count // 3)])
optimizer = torch.optim.SGD(net.parameters(), 0.001)
x = torch.randn(4, 2)
for i in range(12):
    optimizer.zero_grad()
    net(x).square().mean().backward()
    optimizer.step()
print(time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, 0)
"""


def run(program, argument, watched):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PESSIMIST_PROBE")}
    env["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        lines = os.path.join(folder, "lines")
        if watched:
            env.update(PYTHONPATH=os.path.join(ROOT, "python", "inject"), PESSIMIST_PROBE="file:" + lines)
        script = os.path.join(folder, "train.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(program)
        out = subprocess.run([sys.executable, script, str(argument)], env=env, capture_output=True, text=True, check=True).stdout.split()
        seconds, megabytes, objects = float(out[0]), int(out[1]), int(out[2])
        records = size = 0
        if watched:
            size = os.path.getsize(lines)
            with open(lines, encoding="ascii") as file:
                records = sum(1 for _ in file)
    return seconds, megabytes, objects, records, size


def main(steps, modules):
    for name, program, argument in (("%d steps" % steps, LONG, steps), ("%d modules" % modules, WIDE, modules)):
        for watched in (False, True):
            seconds, megabytes, objects, records, size = run(program, argument, watched)
            print(
                "%-16s %-8s %8.2f s of the processor %6d MB  %+d objects of Python since a tenth of it  %d records, %.1f MB"
                % (name, "watched" if watched else "alone", seconds, megabytes, objects, records, size / 1e6),
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 10_000)
