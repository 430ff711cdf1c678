"""Steps of one of the networks in PyTorch, timed on request: python_steps.py THREADS NETWORK train|infer BATCH.

A number of steps on standard input is answered with the nanoseconds of one: of the processor on one thread, else of the clock on the wall.
"""
import sys
import time

import torch

from networks import inference, training


def main():
    threads, network, mode, batch = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    step = (training if mode == "train" else inference)(network, batch)
    clock = time.thread_time_ns if threads == 1 else time.perf_counter_ns
    print(torch.__version__, flush=True)
    for line in sys.stdin:
        steps = int(line)
        start = clock()
        for _ in range(steps):
            step()
        print((clock() - start) / steps, flush=True)


main()
