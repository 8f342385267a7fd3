"""The records of the book, for the pages that sum it up."""

from __future__ import annotations

from symtheory.experiments.catalog import EXPERIMENTS
from symtheory.records import Record, load, published

__all__ = ["book_records"]


def book_records() -> dict[str, Record]:
    """The record that the book shows of each experiment, by the experiment's name."""
    return {name: load(published(one.record)) for name, one in EXPERIMENTS.items()}
