#!/usr/bin/python3
"""Writes digits.csv: the 1,797 handwritten digits that Debian's python3-sklearn installs, in its order.

usage: make_digits.py [OUTPUT]     (default: digits.csv beside this script)

Columns pixel_ROW_COLUMN (0 = paper, 16 = ink) and label (0..9). See README.md for the origin and the licence.
"""
import csv
import pathlib
import sys

from sklearn.datasets import load_digits


def main() -> None:
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).with_name("digits.csv")
    digits = load_digits()
    with output.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([f"pixel_{row}_{column}" for row in range(8) for column in range(8)] + ["label"])
        for pixels, label in zip(digits.data.astype(int), digits.target):
            writer.writerow([*pixels, label])


if __name__ == "__main__":
    main()
