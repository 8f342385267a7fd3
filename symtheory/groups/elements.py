"""What may stand for elements of a group: integers that never wrap, overflow or round."""

from __future__ import annotations

from collections.abc import Callable

import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["MAX_LISTED", "Elements", "as_elements", "as_integers", "generated", "listed"]

# One element or an array of them, as NumPy has them.
Elements = np.integer | NDArray[np.integer]

MAX_LISTED = 10_000_000  # of a larger group not even one array over all elements is made


def as_integers(values: ArrayLike, what: str) -> NDArray[np.intp]:
    """Integers of the machine's own size, whose sums and products do not overflow as small ones do.

    Args:
        values: What a user handed in; nested lists will do, and empty ones.
        what: What they are, in errors: "elements of C8".

    Raises:
        ValueError: If they are ragged, traced, or not integers (booleans are none).
    """
    if isinstance(values, jax.core.Tracer):
        raise ValueError(
            f"Expected {what}, integers. Got a traced array. Try NumPy arrays, outside of jax.jit."
        )
    try:
        array = np.asarray(values)
    except (ValueError, TypeError, OverflowError):
        raise ValueError(
            f"Expected {what}, an array of integers. Got something of no one shape. "
            "Try rows of one length."
        ) from None
    if array.size == 0 and not isinstance(values, np.ndarray):
        return array.astype(np.intp)  # an empty list has no type of its own
    if not np.issubdtype(array.dtype, np.integer):
        raise ValueError(
            f"Expected {what}, integers. Got {array.dtype} of shape {array.shape}. "
            "Try .astype(int)."
        )
    if array.size and array.max() > np.iinfo(np.intp).max:
        raise ValueError(f"Expected {what}, integers below 2⁶³. Got {array.max()}. Try others.")
    return array.astype(np.intp)


def as_elements(values: ArrayLike, order: int, name: str) -> NDArray[np.intp]:
    """Elements of a group of some order, which are the integers 0, …, order - 1.

    Raises:
        ValueError: If they are no integers, or one is out of bounds: none wraps.
    """
    array = as_integers(values, f"elements of {name}")
    if array.size and not (array.min() >= 0 and array.max() < order):
        raise ValueError(
            f"Expected elements of {name}, integers in 0, …, {order - 1}. "
            f"Got {array.min()} to {array.max()}. Try elements % {order} if that is meant."
        )
    return array


def listed(order: int, name: str) -> NDArray[np.intp]:
    """All elements of a group.

    Raises:
        ValueError: If they are too many for an array.
    """
    if order > MAX_LISTED:
        raise ValueError(
            f"Expected a group of at most {MAX_LISTED} elements to list. Got {name}, of order "
            f"{order}. Try group.multiply and group.invert on the elements that you need."
        )
    return np.arange(order)


def generated(
    multiply: Callable[..., Elements], order: int, candidates: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The subgroup that some elements generate: the candidates it takes, and all its elements.

    By Dimino's algorithm (Butler 1991, Fundamental Algorithms for Permutation Groups, chapter 3):
    a subgroup grows by whole cosets, so that about as many products are formed as elements found.

    Args:
        multiply: The product of the group.
        order: Of the group.
        candidates: Elements, taken in their order unless those before generate them.

    Returns:
        The candidates that were taken, at most log₂ of them, and the subgroup, increasing.
    """
    inside = np.zeros(order, dtype=bool)
    inside[0] = True
    members = np.zeros(1, dtype=np.intp)
    taken: list[np.intp] = []
    while True:
        missing = candidates[~inside[candidates]]
        if not len(missing):
            return np.array(taken, dtype=np.intp), members
        taken.append(missing[0])
        if len(taken) == 1:
            members = np.sort(_powers(multiply, taken[0]))
            inside[members] = True
            continue
        representatives = [np.intp(0)]
        for representative in representatives:  # grows meanwhile
            for generator in taken:
                other = np.intp(multiply(representative, generator))
                if not inside[other]:
                    inside[multiply(members, other)] = True
                    representatives.append(other)
        members = np.flatnonzero(inside)


def _powers(multiply: Callable[..., Elements], element: np.intp) -> NDArray[np.intp]:
    """e, g, g², …, found in as many steps as their number has binary digits."""
    powers, step = np.zeros(1, dtype=np.intp), np.intp(element)
    while True:
        more = np.asarray(multiply(step, powers))
        if (more == 0).any():
            return np.concatenate([powers, more[: int(np.argmax(more == 0))]])
        powers, step = np.concatenate([powers, more]), np.intp(multiply(step, step))
