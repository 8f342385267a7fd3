"""The medians over pairs, a line for each order."""

from __future__ import annotations

from symtheory.experiments.rotated_digits.run import medians
from symtheory.experiments.shared.tables import gaps, lines, numbers, percent
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The medians over pairs, a line for each order."""
    median = medians(record.data)
    title = (
        f"{record.parameters['pairs']} pairs of {record.parameters['dataset']}, "
        f"hidden layers: {record.parameters['depth']}. Medians over pairs:"
    )
    return lines(
        title,
        record,
        {
            "exact error": numbers(median["exact_error"]),
            "orbit mean": numbers(median["orbit_mean_error"]),
            "theory": numbers(median["spectral_error"]),
            "off by": gaps(median["general_gap"]),
            "circulant": numbers(median["circulant_error"]),
            "off by ": gaps(median["circulant_gap"]),
            "right": percent(median["fraction_correct"]),
        },
    )
