"""What each seed is: any labels, in an order."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["read_labels"]


def read_labels(
    labels: Iterable[Hashable], m: int
) -> tuple[tuple[Hashable, ...], NDArray[np.intp]]:
    """The different labels in order, and which one each seed has.

    Args:
        labels: Numbers, words, tuples of them, or whatever else is hashable.
        m: How many seeds there are.

    Raises:
        ValueError: If there are not m of them, one is not hashable or not equal to itself, or all
            are the same.
    """
    found = [one.item() if isinstance(one, np.generic) else one for one in labels]
    if len(found) != m:
        raise ValueError(
            f"Expected a label for each of {m} seeds. Got {len(found)}. "
            "Try one for each orbit, not for each item."
        )
    try:
        different = set(found)
    except TypeError as error:
        raise ValueError(
            f"Expected labels that are hashable. Got others: {error}. Try tuples instead of lists."
        ) from error
    if any(one != one for one in different):
        raise ValueError("Expected labels that are values. Got NaN. Try leaving those seeds out.")
    if len(different) < 2:
        raise ValueError(
            f"Expected seeds of at least two classes. Got {sorted(map(str, different))}. "
            "Try adding a class: what is asked is which of them a pose is taken for."
        )
    try:
        classes = tuple(sorted(different))  # type: ignore[type-var]
    except TypeError:  # of types that do not compare
        classes = tuple(sorted(different, key=lambda one: (type(one).__name__, str(one))))
    number = {one: place for place, one in enumerate(classes)}
    members = np.array([number[one] for one in found], dtype=np.intp)
    return classes, members
