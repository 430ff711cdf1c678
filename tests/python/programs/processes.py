import multiprocessing
import subprocess
import sys

import torch
from torch import nn


def child(queue, seed):
    torch.manual_seed(seed)
    net = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    for _ in range(3):
        optimizer.zero_grad()
        net(torch.ones(1, 2)).sum().backward()
        optimizer.step()
    queue.put(net.weight.sum().item())


if __name__ == "__main__":
    torch.manual_seed(9)
    net = nn.Linear(2, 1)
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    for i in range(3):
        optimizer.zero_grad()
        net(torch.randn(4, 2)).pow(2).mean().backward()
        optimizer.step()
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=child, args=(queue, 1))
    process.start()
    print(queue.get())
    process.join()
    print(process.exitcode)
    print(subprocess.run([sys.executable, "-c", "import sys; print(len(sys.path), sorted(m for m in sys.modules if 'custom' in m), sys.argv)", "a"], stdout=subprocess.PIPE, text=True).stdout)
