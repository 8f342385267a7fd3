"""What the terminal shows of a record: columns of numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from symtheory._tables import aligned
from symtheory.records import Record

__all__ = [
    "accuracies",
    "agreements",
    "gaps",
    "lines",
    "numbers",
    "percent",
    "with_half",
]


def lines(title: str, record: Record, columns: Mapping[str, Sequence[str]]) -> str:
    """A title, the names of the columns, and a line for each order."""
    return aligned(title, {"N": [str(order) for order in record.parameters["orders"]], **columns})


def numbers(values: np.ndarray) -> list[str]:
    """Four decimals."""
    return [f"{value:.4f}" for value in values]


def gaps(values: np.ndarray) -> list[str]:
    """The power of ten, and a digit."""
    return [f"{value:.0e}" for value in values]


def percent(values: np.ndarray) -> list[str]:
    """Whole percent."""
    return [f"{value:.0%}" for value in values]


def with_half(means: Iterable[float], halves: Iterable[float], decimals: int = 1) -> list[str]:
    """Percent, and half of the interval, which a single draw does not have."""
    return [
        f"{mean:.{decimals}%}" + ("" if np.isnan(half) else f" ± {half:.{decimals}%}")
        for mean, half in zip(means, halves, strict=True)
    ]


def agreements(
    found: Mapping[str, np.ndarray], right: Sequence[str], correlated: Mapping[str, str]
) -> dict[str, list[str]]:
    """Columns of what `agreement` says: who is right, and what correlates with trained networks.

    Args:
        found: As `agreement` and `by_order` name it.
        right: Whose share of right answers is shown.
        correlated: The name in the table of each prediction, and its name in `found`.
    """
    columns = {f"{who} right": percent(found[f"{who}_correct"]) for who in right}
    return columns | {
        f"correlation, {name}": numbers(found[f"{key}_correlation"])
        for name, key in correlated.items()
    }


def accuracies(title: str, record: Record, head: str, names: Sequence[str]) -> str:
    """The accuracies at the end, means over the missing digits, a line for each setting."""
    settings = list(itertools.product(names, record.parameters["orders"]))
    columns = {name: [str(row[k]) for row in settings] for k, name in enumerate((head, "N"))}
    for heading, key in (
        ("train", "train"),
        ("held back", "held_back"),
        ("missing pose", "unseen_pose"),
        ("missing pose, held back", "unseen_pose_held_back"),
    ):
        columns[heading] = percent(np.nanmean(record.data[key][..., -1], axis=-1).ravel())
    return aligned(title, columns)
