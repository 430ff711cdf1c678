"""
Measures what the probe costs and writes docs/explanation/python-probe-overhead.md. Runs with and without it take turns, so that whatever else
the machine does falls on both; times are processor time of the process, and the least of the runs counts. usage: python3 bench/python-overhead/measure.py [ROUNDS]
"""

import os
import platform
import statistics
import subprocess
import sys
import tempfile

from programs import PROGRAMS

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def run(name, watched):
    env = {k: v for k, v in os.environ.items() if not k.startswith("PESSIMIST_PROBE")}
    env["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        lines = os.path.join(folder, "lines")
        if watched:
            env.update(PYTHONPATH=os.path.join(ROOT, "python", "inject"), PESSIMIST_PROBE="file:" + lines)
        command = [sys.executable, os.path.join(HERE, "programs.py"), name, str(PROGRAMS[name][3])]
        out = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.split()
        size = os.path.getsize(lines) if watched else 0
    return float(out[0]), float(out[1]), size


def main(rounds, names):
    rows = []
    for name in names:
        times, size = {False: [], True: []}, 0
        for i in range(rounds):
            for watched in (False, True) if i % 2 == 0 else (True, False):
                times[watched].append(run(name, watched))
        size = times[True][-1][2]
        # The least of each: what else the machine does only ever adds.
        whole, later = [min(t[k] for t in times[True]) / min(t[k] for t in times[False]) - 1 for k in (0, 1)]
        rows.append((name, min(t[1] for t in times[False]), whole, later, PROGRAMS[name][3], size))
        print("%-14s %8.1f us a step   %+6.1f %%   after the start %+6.1f %%   %6d steps %8d bytes" % (
            name, rows[-1][1] * 1e6, 100 * rows[-1][2], 100 * rows[-1][3], rows[-1][4], size), flush=True)
    return rows


def write(rows, rounds):
    import torch

    later = [r[3] for r in rows]
    with open(os.path.join(ROOT, "docs", "explanation", "python-probe-overhead.md"), "w", encoding="utf-8") as file:
        file.write("# What watching a PyTorch program costs\n\n")
        file.write(
            "`pessimist run` watches from inside of the program. Measured by `bench/python-overhead/measure.py`: %d runs each with and without\n"
            "the probe in turns, one thread, torch %s, %s. Numbers are the extra processor time of a step, from the least of\n"
            "the runs on either side, since what else the machine does only ever adds.\n\n" % (rounds, torch.__version__, platform.machine())
        )
        file.write("| program | a step alone | whole run | after the first 200 steps | steps | records |\n|---|---|---|---|---|---|\n")
        for name, alone, whole, after, steps, size in rows:
            file.write("| %s | %.0f us | %+.1f %% | %+.1f %% | %d | %.0f kB |\n" % (name, alone * 1e6, 100 * whole, 100 * after, steps, size / 1000))
        file.write(
            "\nMedian over the programs, after the first 200 steps: %.1f %%; worst: %.1f %%. The first steps are looked at closely whatever they cost, which\n"
            "takes a fraction of a second once; a short program feels it, a long one does not. From then on the probe compares turns that it looks at with\n"
            "those that it does not, in the processor time of the thread, and looks less often when that is more than `--overhead` allows (3 %% by\n"
            "default). In a turn that is not looked at four functions of torch (`backward`, the optimizer's `step` and `zero_grad`, the loader's next batch)\n"
            "have a short hook each, which reads the loss and keeps the order of calls; calls of modules have none.\n"
            % (100 * statistics.median(later), 100 * max(later))
        )


if __name__ == "__main__":
    given = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    write(main(given, PROGRAMS), given)
