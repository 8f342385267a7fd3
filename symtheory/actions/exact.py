"""Actions that only move entries: exact."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symtheory._checks import as_integer, as_sizes
from symtheory.actions.base import Action
from symtheory.groups import FiniteGroup, cyclic_group

__all__ = ["permutation_action", "translation_action"]


@dataclass(frozen=True)
class _Shifts:
    """Cyclic shifts by 0, step, …, (n - 1)·step positions along an axis, counted from the last."""

    n: int
    step: int
    axis: int

    def __call__(self, items: NDArray[np.float64]) -> NDArray[np.float64]:
        shifts = range(0, self.n * self.step, self.step)
        return np.stack([np.roll(items, shift, axis=self.axis) for shift in shifts], axis=1)


@dataclass(frozen=True)
class _Permutations:
    """Permutations of the entries along an axis, counted from the last; of all, if it is None."""

    group: FiniteGroup
    axis: int | None

    def __call__(self, items: NDArray[np.float64]) -> NDArray[np.float64]:
        comes_from = np.argsort(np.asarray(self.group.permutations), axis=1)  # g⁻¹(i)
        items = np.asarray(items)  # JAX has a `take` of its own, for what is traced
        if self.axis is None:
            moved = items.reshape(len(items), comes_from.shape[1])[:, comes_from]
            return moved.reshape(len(items), self.group.order, *items.shape[1:])
        return np.stack([np.take(items, row, axis=self.axis) for row in comes_from], axis=1)


def translation_action(n: int, image_shape: Sequence[int], axis: int | None = None) -> Action:
    """C_n shifting arrays cyclically along one axis, by multiples of size/n positions. Exact.

    Args:
        n: The number of shifts.
        image_shape: The shape of one item: (height, width), (height, width, channels), or of any
            other array, such as (length,).
        axis: What is shifted along. The last axis if not given, of items with one axis or two;
            with more it must be said, since the last is that of channels where items are images.

    Raises:
        ValueError: If n does not divide the size of the axis, or the axis is not there or not said.
    """
    group, shape = cyclic_group(n), as_sizes(image_shape, "image_shape")
    if axis is None and len(shape) > 2:
        raise ValueError(
            f"Expected an axis to shift along, of items of shape {shape}. Got none. "
            "Try axis=1 for the width of images (height, width, channels)."
        )
    place = _axis(len(shape) - 1 if axis is None else axis, shape)
    size = shape[place]
    n = group.order  # of Python, whatever integer was handed in
    if size % n:
        raise ValueError(
            f"Expected a number of shifts that divides the size of axis {place}, {size}. Got {n}. "
            f"Try one of {[k for k in range(1, size + 1) if size % k == 0]}."
        )
    name = f"cyclic shifts along axis {place} by multiples of {size // n} of {size} positions"
    return Action(name, group, shape, True, _Shifts(n, size // n, place - len(shape)))


def permutation_action(
    group: FiniteGroup, item_shape: Sequence[int], axis: int | None = 0
) -> Action:
    """Permutations moving the entries of arrays along an axis: (g·x)[g(i)] = x[i]. Exact.

    Coordinates of a vector, of shape (k,); the points of a cloud, of shape (k, dimension); the
    images of a sequence, of shape (k, height, width).

    Args:
        group: Of permutations of k places, such as `symtheory.groups.symmetric_group`.
        item_shape: The shape of one item.
        axis: What is moved, of size k; None to move all entries of an item, as for pixels.

    Raises:
        ValueError: If the group is not one of permutations, or of another number of places.
    """
    if group.permutations is None:
        raise ValueError(
            f"Expected a group of permutations. Got {group.name}. Try symmetric_group(k), "
            "alternating_group(k) or permutation_group(generators)."
        )
    shape = as_sizes(item_shape, "item_shape")
    place = None if axis is None else _axis(axis, shape)
    places = group.permutations.shape[1]
    size = math.prod(shape) if place is None else shape[place]
    if size != places:
        where = "items" if place is None else f"axis {place} of items"
        raise ValueError(
            f"Expected {group.name}, which moves {places} places, to meet {where} of as many "
            f"entries. Got {size} in shape {shape}. Try another axis, or a group of {size} places."
        )
    what = "all entries" if place is None else f"axis {place}"
    name = f"permutations of {what} of {'×'.join(map(str, shape))} arrays by {group.name}"
    transform = _Permutations(group, None if place is None else place - len(shape))
    return Action(name, group, shape, True, transform)


def _axis(axis: int, shape: tuple[int, ...]) -> int:
    """An axis of items, counted from the first.

    Raises:
        ValueError: If items of that shape have no such axis.
    """
    place = as_integer(axis, "axis")
    if not -len(shape) <= place < len(shape):
        raise ValueError(
            f"Expected an axis of items of shape {shape}, from {-len(shape)} to {len(shape) - 1}. "
            f"Got {place}. Try axis=-1 for the last."
        )
    return place % len(shape)
