"""What the pages that sum up the book read off its records."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from symtheory.book.results import best_at_unseen_pose, book_records
from symtheory.experiments.catalog import EXPERIMENTS

RESULTS = Path(__file__).parents[1] / "results"


def test_every_record_of_the_book_belongs_to_an_experiment():
    records = book_records()
    assert records.keys() == EXPERIMENTS.keys()
    assert {f"{one.record}.npz" for one in EXPERIMENTS.values()} == {
        path.name for path in RESULTS.glob("*.npz")
    }


def test_the_best_epoch_counts_and_the_1_does_not():
    record = book_records()["longer-training"]
    ways, digits = record.parameters["variants"], record.data["digits"]
    curves = np.zeros((len(ways), 1, len(digits), 4))
    curves[1, 0, :, 2] = np.where(digits == 1, 1.0, 0.01 * digits)
    best = best_at_unseen_pose(replace(record, data={**record.data, "unseen_pose": curves}))
    assert list(best) == list(ways)
    np.testing.assert_allclose(best[ways[1]], 0.01 * digits[digits != 1])
    assert not best[ways[0]].any()
