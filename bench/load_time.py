"""Times the loading of data in Python and in Pessimist, in turns, and prints a part of a Markdown page.

Called by bench/step-time: load_time.py PROGRAM ROWS COLUMNS [MNIST-FOLDER], where PROGRAM is the built Pessimist.Bench. The table is made
in a temporary folder. pandas is compared where it is installed (Debian's python3-pandas), else numpy.
"""
import gzip
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

try:
    import pandas
except ImportError:
    pandas = None

ROUNDS = 3


def write_table(path, rows, columns):
    """Numbers of six digits with a header. Blocks repeat, since reading does not care and writing takes long."""
    block = min(rows, 10_000)
    values = numpy.random.default_rng(1).normal(size=(block, columns))
    text = "".join(",".join(f"{x:.6g}" for x in row) + "\n" for row in values)
    with open(path, "w") as f:
        f.write(",".join(f"x{i}" for i in range(columns)) + "\n")
        for _ in range(rows // block):
            f.write(text)
        f.write("".join(text.splitlines(keepends=True)[: rows % block]))


def read_table(path):
    if pandas:
        return pandas.read_csv(path)
    return numpy.loadtxt(path, delimiter=",", skiprows=1)


def read_idx(path):
    with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as f:
        data = f.read()
    shape = [int.from_bytes(data[4 + 4 * i:8 + 4 * i], "big") for i in range(data[3])]
    return numpy.frombuffer(data, numpy.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def read_mnist(folder):
    """What Pessimist does with it: read, set 15 % of the training pictures apart by class, scale all by the rest's mean and deviation."""
    files = {name: next(p for p in sorted(folder.iterdir()) if p.name.startswith(name)) for name in ("train-images", "train-labels", "t10k-images", "t10k-labels")}
    parts = {name: read_idx(path) for name, path in files.items()}
    images, labels = parts["train-images"], parts["train-labels"].astype(numpy.int64)
    chosen = numpy.random.default_rng(1)
    validation = numpy.zeros(len(labels), bool)
    for c in range(10):
        of_class = numpy.flatnonzero(labels == c)
        validation[chosen.permutation(of_class)[: len(of_class) * 15 // 100]] = True
    train = images[~validation].astype(numpy.float32)
    mean, deviation = train.mean(dtype=numpy.float64), train.std(dtype=numpy.float64)
    scaled = [(x.astype(numpy.float32) - numpy.float32(mean)) / numpy.float32(deviation) for x in (train, images[validation], parts["t10k-images"])]
    return scaled, labels, parts["t10k-labels"]


def main():
    program, rows, columns = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    mnist = pathlib.Path(sys.argv[4]) if len(sys.argv) > 4 else None
    sharp = subprocess.Popen([program, "load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def in_dotnet(request):
        sharp.stdin.write(f"{request}\n")
        sharp.stdin.flush()
        answer = sharp.stdout.readline()
        return float(answer) / 1e9 if answer else sys.exit("bench/load_time.py: Pessimist.Bench ended")

    def in_python(read, path):
        start = time.perf_counter()
        kept = read(path)
        seconds = time.perf_counter() - start
        del kept
        return seconds

    def row(name, with_what, read, path, request):
        times = [[], []]
        for i in range(ROUNDS):
            for side in (0, 1) if i % 2 == 0 else (1, 0):
                times[side].append(in_python(read, path) if side == 0 else in_dotnet(f"{request} {path}"))
        python, pessimist = (statistics.median(t) for t in times)
        ratio = statistics.median(p / s for p, s in zip(*times))
        line = f"| {name} | {with_what} | {python:.2f} s | {pessimist:.2f} s | **{ratio:.2f}** |"
        print(line, file=sys.stderr)
        return line

    lines = []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "table.csv"
        write_table(path, rows, columns)
        size = path.stat().st_size / 2**20
        reader = f"pandas {pandas.__version__}" if pandas else f"numpy {numpy.__version__} (pandas is not installed)"
        lines.append(row(f"CSV of {rows:,} x {columns} numbers, {size:.0f} MiB", reader, read_table, path, "csv"))
    if mnist and mnist.is_dir():
        lines.append(row("MNIST (IDX, gzip): read, split, normalize", f"numpy {numpy.__version__}", read_mnist, mnist, "idx"))
    sharp.stdin.close()
    sharp.wait()
    print(f"""{os.cpu_count()} processors; each {ROUNDS} times in turns, in one process that stays, the file in the system's cache.

| what | Python | Python | Pessimist | times as fast |
| --- | --- | ---: | ---: | ---: |""")
    print("\n".join(lines))
    if not mnist:
        print("\nMNIST was not at hand (`--mnist FOLDER`).")


main()
