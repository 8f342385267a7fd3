"""The medians over draws, a line for each order."""

from __future__ import annotations

from symtheory.experiments.many_seeds.run import summary
from symtheory.experiments.shared.tables import gaps, lines, numbers, percent
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The medians over draws, a line for each order."""
    median = summary(record.data)
    title = (
        f"{record.parameters['draws']} draws of two classes of {record.parameters['dataset']}, "
        f"{record.parameters['seeds']} seeds of each, hidden layers: "
        f"{record.parameters['depth']}. Medians over draws:"
    )
    return lines(
        title,
        record,
        {
            "exact error": numbers(median["exact_error"]),
            "theory": numbers(median["general_error"]),
            "off by": gaps(median["general_gap"]),
            "pairs": numbers(median["pair_error"]),
            "off by ": gaps(median["pair_gap"]),
            "right": percent(median["correct"]),
            "nearest neighbor": percent(median["nearest_correct"]),
        },
    )
