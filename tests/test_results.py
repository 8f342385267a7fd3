"""What the pages that sum up the book read off its records."""

from pathlib import Path

from symtheory.book.results import book_records
from symtheory.experiments.catalog import EXPERIMENTS

RESULTS = Path(__file__).parents[1] / "results"


def test_every_record_of_the_book_belongs_to_an_experiment():
    records = book_records()
    assert records.keys() == EXPERIMENTS.keys()
    assert {f"{one.record}.npz" for one in EXPERIMENTS.values()} == {
        path.name for path in RESULTS.glob("*.npz")
    }
