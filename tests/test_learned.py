"""What ways of learning are worth, beside what their records hold."""

import numpy as np
import pytest

from symtheory.book.learned import Rate, ways
from symtheory.book.results import book_records


@pytest.fixture(scope="module")
def found():
    records = book_records()
    return records, {way.name: way for way in ways(records)}


def test_each_way_is_counted_at_quarter_turns(found):
    records, of = found
    turns, metrics = records["operators"].data, records["features"].data
    four = list(turns["orders"]).index(4)
    ten = list(turns["seeds_per_class"]).index(10)
    nearest = turns["recognized"][four, :, ten]  # (draws, classes, sources)
    way = of["a turn learned from other classes"]
    assert way.right.share == pytest.approx(nearest[..., 0].mean())
    assert way.control.share == pytest.approx(nearest[..., -1].mean())
    assert (way.right.problems, way.right.images) == (45, 450)
    tasks = metrics["tasks"].tolist()
    right = metrics["right"][tasks.index("4 rotations"), ..., -1]
    shuffled = metrics["right"][tasks.index("shuffled labels"), ..., -1]
    way = of["a learned metric"]
    assert (way.right.share, way.control.share) == pytest.approx((right.mean(), shuffled.mean()))
    evidence = records["evidence"].data
    seeds = evidence["images"]
    way = of["an average that the evidence chooses"]
    assert way.right.share == pytest.approx(evidence["right"][:, 0, :, 1].mean() / seeds)
    assert way.control.share == pytest.approx(evidence["control_right"][:, 0, :, -1].mean() / seeds)
    pairs = records["self-supervision"]
    linear = pairs.data["linear"][0, :, :, -1].mean(axis=(0, 2)) / pairs.parameters["seeds"]
    paired = of["self-supervision, the missing pose paired"]
    left_out = of["self-supervision, the missing pose in no pair"]
    shares = [paired.right.share, left_out.right.share, paired.control.share]
    np.testing.assert_allclose(shares, linear[[0, 1, 3]])


def test_a_rate_is_said_in_percent_with_its_interval():
    assert str(Rate(0.5, np.array([0.25, 0.75]), 4, 40)) == "50 (25 to 75)"
