"""What each seed is: any labels, in an order."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Labels", "check_count", "read_labels"]


class Labels(NamedTuple):
    """What each seed is.

    Attributes:
        classes: The different labels, in order.
        members: Which one each seed has, an index into `classes`, of shape (m,).
    """

    classes: tuple[Hashable, ...]
    members: NDArray[np.intp]


def read_labels(labels: Iterable[Hashable]) -> Labels:
    """The different labels in order, and which one each seed has.

    Args:
        labels: Numbers, words, tuples of them, or whatever else is hashable; or an array of them,
            of NumPy or of another library, with one axis.

    Raises:
        ValueError: If they are no such array and nothing to go through, one is not hashable or not
            equal to itself, or all are the same.
    """
    found = _as_list(labels)
    try:
        different = set(found)
    except TypeError as error:
        raise ValueError(
            f"Expected labels that are hashable. Got others: {error}. Try tuples instead of lists."
        ) from error
    if any(map(_is_nan, different)):
        raise ValueError(
            "Expected labels that are values. Got NaN, or another that marks a missing one. "
            "Try leaving those seeds out."
        )
    if len(different) < 2:
        raise ValueError(
            f"Expected seeds of at least two classes. Got {sorted(map(str, different))}. "
            "Try adding a class: what is asked is which of them a pose is taken for."
        )
    try:
        classes = tuple(sorted(different))
    except TypeError:  # of types that do not compare
        classes = tuple(sorted(different, key=lambda one: (type(one).__name__, str(one))))
    number = {one: place for place, one in enumerate(classes)}
    return Labels(classes, np.array([number[one] for one in found], dtype=np.intp))


def check_count(labels: Labels, m: int) -> None:
    """Raise a ValueError unless there is a label for each of m seeds."""
    if len(labels.members) != m:
        raise ValueError(
            f"Expected a label for each of {m} seeds. Got {len(labels.members)}. "
            "Try one for each orbit, not for each item."
        )


def _as_list(labels: Any) -> list[Any]:
    """One by one, as Python has them."""
    if hasattr(labels, "__array__"):
        array = _as_array(labels)
        if array.ndim != 1:
            raise ValueError(
                f"Expected labels of one axis, a label for each seed. Got shape {array.shape}. "
                "Try labels.argmax(axis=1) if each row marks a class, else labels.ravel()."
            )
        labels = array.tolist()
    try:
        each = iter(labels)
    except TypeError as error:
        raise ValueError(
            f"Expected labels, one for each seed. Got {labels!r}. Try a list of them."
        ) from error
    return [_plain(one) for one in each]


def _plain(label: Any) -> Any:
    """As Python has it: elements of arrays of other libraries may be hashed by identity."""
    if isinstance(label, tuple):
        return tuple(map(_plain, label))
    return _as_array(label).tolist() if hasattr(label, "__array__") else label


def _as_array(labels: Any) -> np.ndarray:
    """An array of NumPy, or a ValueError."""
    if np.ma.is_masked(labels):
        raise ValueError(
            "Expected a label for each seed. Got a masked array. Try leaving those seeds out."
        )
    try:
        return np.asarray(labels)
    except (RuntimeError, TypeError) as error:  # on another device, traced, or with a gradient
        raise ValueError(
            f"Expected labels that NumPy can read. Got {type(labels).__name__}: {error}. "
            "Try labels.tolist()."
        ) from error


def _is_nan(label: Any) -> bool:
    """Whether it, or a part of it, is not equal to itself."""
    if isinstance(label, tuple):
        return any(map(_is_nan, label))
    try:
        return bool(label != label)
    except TypeError:  # pandas.NA, which cannot tell whether it is equal to anything
        return True
