"""What is measured of tensors."""

import math
import os
import sys
import unittest

import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "python"))

from pessimist_probe import facts  # noqa: E402


class Moments(unittest.TestCase):
    def test_few_and_many_elements_are_measured_alike(self) -> None:
        few = torch.tensor([0.0, 1.5, -2.0, 4.0])
        one, other = facts.moments(few), facts.moments(few.repeat(100))
        for name in ("min", "max", "mean", "std", "zeros", "whole"):
            self.assertAlmostEqual(one[name], other[name], places=9, msg=name)
        self.assertEqual((one["min"], one["max"], one["mean"], one["zeros"], one["whole"]), (-2.0, 4.0, 0.875, 0.25, 0.75))

    def test_non_finite_elements_are_counted_and_left_out(self) -> None:
        for times in (1, 100):
            found = facts.moments(torch.tensor([1.0, math.nan, math.inf, 3.0]).repeat(times))
            self.assertEqual((found["nonFinite"], found["min"], found["max"], found["mean"]), (2 * times, 1.0, 3.0, 2.0))

    def test_a_large_mean_leaves_the_deviation_alone(self) -> None:
        found = facts.moments(1e8 + torch.arange(1000, dtype=torch.float64) % 2)
        self.assertAlmostEqual(found["std"], 0.5, places=6)

    def test_what_has_no_values_is_not_measured(self) -> None:
        self.assertEqual(facts.moments(torch.empty(0)), {})
        self.assertEqual(facts.moments(torch.empty(3, device="meta")), {})
        self.assertEqual(facts.moments(torch.eye(3).to_sparse()), {})
        self.assertEqual(facts.tensor_facts(torch.zeros(2, dtype=torch.bool), True)["zeros"], 1.0)

    def test_neither_version_nor_graph_is_touched(self) -> None:
        tensor = torch.randn(64, 8, requires_grad=True)
        state, version = torch.get_rng_state(), tensor._version
        with torch.enable_grad():
            facts.tensor_facts(tensor, True, hash=True)
            facts.prediction_facts(tensor)
        self.assertEqual(tensor._version, version)
        self.assertIsNone(tensor.grad)
        self.assertTrue(torch.equal(state, torch.get_rng_state()))


class Hashes(unittest.TestCase):
    def test_equal_contents_have_equal_hashes_whatever_their_layout(self) -> None:
        a = torch.arange(12.0).reshape(3, 4)
        self.assertEqual(facts.content_hash(a), facts.content_hash(a.t().contiguous().t()))
        self.assertNotEqual(facts.content_hash(a), facts.content_hash(a + 1e-6))

    def test_each_example_has_its_own(self) -> None:
        rows = torch.stack([torch.zeros(5), torch.ones(5), torch.zeros(5)])
        hashes = facts.row_hashes(rows)
        self.assertEqual(len(hashes), 3)
        self.assertEqual(hashes[0], hashes[2])
        self.assertNotEqual(hashes[0], hashes[1])
        self.assertTrue(all(len(h) == 16 for h in hashes))

    def test_long_contents_are_told_apart_at_their_end(self) -> None:
        a = torch.zeros(1 << 20)
        b = a.clone()
        b[-1] = 1
        self.assertNotEqual(facts.content_hash(a), facts.content_hash(b))


class Predictions(unittest.TestCase):
    def test_probabilities_and_their_logarithms_are_told_from_scores(self) -> None:
        scores = torch.randn(16, 5, generator=torch.Generator().manual_seed(0))
        self.assertEqual(facts.prediction_facts(scores.softmax(1))["rowsSumToOne"], 1.0)
        self.assertEqual(facts.prediction_facts(scores.softmax(0))["columnsSumToOne"], 1.0)
        self.assertEqual(facts.prediction_facts(scores.log_softmax(1))["rowsLogSumToOne"], 1.0)
        raw = facts.prediction_facts(scores)
        self.assertEqual((raw["rowsSumToOne"], raw["rowsLogSumToOne"], raw["columnsSumToOne"]), (0.0, 0.0, 0.0))

    def test_equal_rows_are_constant(self) -> None:
        self.assertEqual(facts.prediction_facts(torch.tensor([[1.0, 2.0]]).repeat(4, 1))["constant"], 1.0)
        self.assertEqual(facts.prediction_facts(torch.ones(1, 3))["constant"], 0.0)

    def test_labels_are_counted_in_order(self) -> None:
        self.assertEqual(facts.label_facts(torch.tensor([2, 0, 2])), ({"0": 1, "2": 2}, [2, 0, 2]))
        self.assertEqual(facts.label_facts(torch.tensor([0.5])), ({}, []))


class TargetMatches(unittest.TestCase):
    """Where the target stands among the inputs."""

    ids = torch.randint(0, 30, (8, 12), generator=torch.Generator().manual_seed(1))

    def test_the_ids_themselves_and_the_next_ones(self) -> None:
        self.assertEqual(facts.target_match([self.ids], self.ids.clone().reshape(-1)), {"input": 0, "ahead": 0, "dimension": 1})
        longer = torch.randint(0, 30, (8, 13), generator=torch.Generator().manual_seed(2))
        self.assertEqual(facts.target_match([longer[:, :-1]], longer[:, 1:].reshape(-1)), {"input": 0, "ahead": 1, "dimension": 1})
        self.assertEqual(facts.target_match([longer.t()[:-1]], longer.t()[1:]), {"input": 0, "ahead": 1, "dimension": 0})

    def test_a_target_that_is_handed_to_the_network_for_its_loss_is_no_leak(self) -> None:
        target = torch.randint(0, 30, (8, 12), generator=torch.Generator().manual_seed(3))
        self.assertIsNone(facts.target_match([self.ids, target], target.reshape(-1)))

    def test_ids_that_do_not_count_are_left_alone(self) -> None:
        target = self.ids.clone()
        target[:, :3] = -100
        self.assertIsNone(facts.target_match([self.ids], target))

    def test_ids_that_never_change_tell_nothing(self) -> None:
        self.assertIsNone(facts.target_match([torch.ones(8, 12, dtype=torch.int64)], torch.ones(96, dtype=torch.int64)))

    def test_a_column_that_is_the_target(self) -> None:
        x = torch.randn(32, 6, generator=torch.Generator().manual_seed(4))
        self.assertEqual(facts.target_match([x], x[:, 4:5].clone()), {"input": 0, "elements": [4]})
        self.assertIsNone(facts.target_match([x], x[:, 4] + 0.01))
        self.assertIsNone(facts.target_match([x[:, :1]], x[:, 0].clone()))

    def test_a_bit_among_bits_may_be_what_is_to_be_remembered(self) -> None:
        x = torch.randint(0, 2, (32, 10), generator=torch.Generator().manual_seed(6)).float()
        self.assertIsNone(facts.target_match([x], x[:, 0].long()))

    def test_a_class_id_as_a_normalized_column(self) -> None:
        x = torch.randn(32, 6, generator=torch.Generator().manual_seed(5))
        y = (x[:, 0] > 0).long()
        self.assertIsNone(facts.target_match([x], y))
        x[:, 3] = (y - 0.4) / 0.49
        self.assertEqual(facts.target_match([x], y), {"input": 0, "elements": [3]})


if __name__ == "__main__":
    unittest.main()
