"""What programs print about themselves."""

import os
import sys
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "python"))

from pessimist_probe.metrics import parse, plain  # noqa: E402


def told(text: str) -> list:
    return [(r.name, r.value, r.split) for r in parse(text)]


class Texts(unittest.TestCase):
    def test_names_numbers_and_splits(self) -> None:
        self.assertEqual(told("Epoch 3 | train loss: 0.31 | val acc 91.2%"), [("train loss", 0.31, "train"), ("val acc", 91.2, "validation")])
        self.assertEqual(told("train_loss=nan val_acc=0.5")[1], ("val_acc", 0.5, "validation"))
        self.assertEqual(told("Epoch [1/10], Step [100/600], Loss: 2.1234"), [("Loss", 2.1234, None)])
        self.assertEqual(told("Accuracy of the network on the 10000 test images: 55 %"), [("Accuracy", 55.0, "test")])
        self.assertEqual(told("{'loss': 0.3, 'val_accuracy': 0.9}"), [("loss", 0.3, None), ("val_accuracy", 0.9, "validation")])
        self.assertEqual(parse("epoch 7: loss=0.234")[0].epoch, 7)

    def test_a_fraction_is_a_count_and_what_it_is_divided_by(self) -> None:
        report = parse("Test set: Average loss: 0.0521, Accuracy: 9832/10000 (98%)")[1]
        self.assertEqual((report.name, report.value, report.counted, report.divided_by, report.split), ("Accuracy", 0.9832, 9832.0, 10000, "test"))

    def test_other_numbers_are_no_metrics(self) -> None:
        for text in ("lr 0.1 beta 3", "step 100", "  1 0.52 0.31", "saved to model_2.pt", "Using 4 workers", ""):
            self.assertEqual(told(text), [])

    def test_no_code_of_the_program_is_run_for_a_text(self) -> None:
        class Loud:
            def __str__(self) -> str:
                raise AssertionError("asked for its text")

        self.assertEqual(told(plain(["loss", 0.5, Loud(), "acc", 1])), [("loss", 0.5, None), ("acc", 1.0, None)])


if __name__ == "__main__":
    unittest.main()
