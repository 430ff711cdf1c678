#!/usr/bin/env python3
"""Writes sick versions of the digits, each with one thing wrong. Seeded: the same files every time.

usage: make_sick.py OUTPUT [DIGITS]     (default: digits.csv beside this script)

What each file holds is listed in README.md. Only Python's standard library is needed.
"""
import csv
import pathlib
import random
import sys

SEED = 20240531


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    output = pathlib.Path(sys.argv[1])
    source = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).with_name("digits.csv")
    output.mkdir(parents=True, exist_ok=True)
    with source.open(newline="") as file:
        reader = csv.reader(file)
        header = next(reader)
        rows = [[int(cell) for cell in row] for row in reader]

    def write(name: str, lines: list, names: list = header) -> None:
        with (output / name).open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            writer.writerows(lines)

    def randomness(name: str) -> random.Random:
        return random.Random(f"{SEED} {name}")

    # Labels in random order: nothing can be learnt.
    labels = [row[-1] for row in rows]
    randomness("shuffled").shuffle(labels)
    write("labels-shuffled.csv", [row[:-1] + [label] for row, label in zip(rows, labels)])

    # The original order runs 0, 1, 2 ... for long stretches, where the label of the row above is a rule that can be learnt:
    # so the rows are mixed first.
    mixed = rows[:]
    randomness("shifted").shuffle(mixed)
    write("labels-shifted.csv", [row[:-1] + [above[-1]] for above, row in zip(mixed[-1:] + mixed[:-1], mixed)])

    # 360 rows are the test set, drawn at random: the last ones are by other writers, which would be a second fault.
    # 60 of the training rows are copied into it.
    drawn = set(randomness("test rows").sample(range(len(rows)), 360))
    train, test = [row for i, row in enumerate(rows) if i not in drawn], [row for i, row in enumerate(rows) if i in drawn]
    copied = randomness("duplicates").sample(range(len(train)), 60)
    write("duplicates-train.csv", train)
    write("duplicates-test.csv", test + [train[i] for i in copied])

    write("leaked-target.csv", [row[:-1] + [7 * row[-1] + 3, row[-1]] for row in rows], header[:-1] + ["checksum", "label"])
    write("constant-column.csv", [row[:-1] + [3, row[-1]] for row in rows], header[:-1] + ["scanner", "label"])

    # Of the eights only as many stay as make 1 % of all rows.
    others = [row for row in rows if row[-1] != 8]
    keep = set(randomness("rare").sample([i for i, row in enumerate(rows) if row[-1] == 8], round(len(others) / 99)))
    write("rare-class.csv", [row for i, row in enumerate(rows) if row[-1] != 8 or i in keep])

    sick = [row[:] for row in rows]
    for number, place in enumerate(randomness("missing").sample(range(len(rows) * 64), 40)):
        sick[place // 64][place % 64] = "" if number % 2 else "NaN"
    write("missing-cells.csv", sick)

    sick = [row[:] for row in rows]
    column = header.index("pixel_3_4")
    sick[11][column], sick[899][column] = "n/a?", "twelve"
    write("text-in-number.csv", sick)

    ids = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11]
    write("labels-from-one-gap.csv", [row[:-1] + [ids[row[-1]]] for row in rows])

    raw = [[round(pixel * 255 / 16) for pixel in row[:-1]] for row in rows]
    write("raw-255.csv", [pixels + [row[-1]] for pixels, row in zip(raw, rows)])
    write("scaled-twice.csv", [[f"{pixel / 255 / 255:.8g}" for pixel in pixels] + [row[-1]] for pixels, row in zip(raw, rows)])


if __name__ == "__main__":
    main()
