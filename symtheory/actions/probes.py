"""What actions claim, tried out on an item: products that are exact, and actions that commute.

A linear map that vanishes on a random item vanishes, with probability 1. So a claim of exactness is
tried on white noise, where it must hold to rounding. Rotations by interpolation commute only
nearly, and on noise hardly at all; they are tried on a smooth item, and are allowed to miss by what
they miss the products of their own groups by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from symtheory.groups import FiniteGroup

__all__ = [
    "EXACT",
    "Transform",
    "check_poses",
    "check_transform",
    "commutators",
    "product_defect",
    "smooth_item",
    "white_noise",
    "written",
]

Transform = Callable[[NDArray[np.float64]], NDArray[np.float64]]

# Transforms may compute in single precision; interpolation is off by a thousand times more.
EXACT = 1e-6
_LARGEST = 10_000_000  # entries: beyond them an action is believed, not tried
_SAMPLE = 8  # elements that are tried, beside generators


def check_transform(
    name: str,
    group: FiniteGroup,
    item_shape: tuple[int, ...],
    transform: Transform,
    exact_elements: Sequence[int],
) -> None:
    """Raise a ValueError unless e·x = x, and h·(g·x) = (hg)·x for the exact h and some g.

    Where all h are exact, generators g are enough: what holds for two holds for their product.
    """
    if _SAMPLE * group.order * math.prod(item_shape) > _LARGEST:
        return
    item = white_noise(item_shape)[None]
    poses = np.asarray(transform(item.copy()))  # which may work in place
    check_poses(name, group, item, poses)
    some = np.union1d(group.generators, _sample(group))
    exact = np.array(exact_elements)
    again = np.asarray(transform(poses[0, some]))[:, exact]
    expected = poses[0, group.multiply(exact, some[:, None])]
    gaps = np.abs(again - expected).reshape(len(some), len(exact), -1).max(axis=-1, initial=0.0)
    gaps[0, 0] = max(gaps[0, 0], np.abs(poses[:, 0] - item).max(initial=0.0))
    largest = np.abs(poses).max(initial=0.0)
    if not (gaps <= EXACT * largest).all():  # not >: NaN is no agreement
        place = np.unravel_index(np.argmax(np.nan_to_num(gaps, nan=np.inf)), gaps.shape)
        g, h = group.label(int(some[place[0]])), group.label(int(exact[place[1]]))
        raise ValueError(
            f"Expected {name} to be an action of {group.name} that is exact where it says so: "
            f"(hg)·x = h·(g·x). Got a difference of {gaps[place] / largest:.2g} of the largest "
            f"entry, at h = {h}, g = {g}. Try another group or order of its elements, the inverse "
            "of each transform if it acts from the right, or exact=False if it interpolates."
        )


def check_poses(
    name: str, group: FiniteGroup, items: NDArray[np.float64], poses: NDArray[np.float64]
) -> None:
    """Raise a ValueError unless a transform took items (m, *item) to poses (m, |G|, *item)."""
    m, *item_shape = items.shape
    if poses.shape != (m, group.order, *item_shape):
        raise ValueError(
            f"Expected the transform of {name} to take items of shape {written('m', *item_shape)} "
            f"to {written('m', group.order, *item_shape)}, for {group.name}. "
            f"Got {poses.shape} from {items.shape}. Try np.stack(poses, axis=1)."
        )


def commutators(
    first: Transform, second: Transform, item: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How far g·(h·x) is from h·(g·x), relative to x, of shape (|G|, |H|)."""
    one = np.swapaxes(first(second(item[None].copy())[0]), 0, 1)  # (g, h) after both
    other = second(first(item[None].copy())[0])
    return _norms(one - other) / np.linalg.norm(item)


def product_defect(group: FiniteGroup, transform: Transform, item: NDArray[np.float64]) -> float:
    """The largest difference of g·(h·x) and (gh)·x, relative to x, for all g and some h."""
    poses = transform(item[None].copy())[0]
    some = _sample(group)
    again = transform(poses[some])
    expected = poses[group.multiply(group.elements, some[:, None])]
    return float(_norms(again - expected).max() / np.linalg.norm(item))


def white_noise(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """An item of independent normal entries."""
    return np.random.default_rng(0).normal(size=shape)


def smooth_item(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """An item of random waves along each axis, which vanish outside and fall off as 1/k³."""
    item = white_noise(shape)
    for axis, size in enumerate(shape):
        k = np.arange(1, size + 1)
        waves = np.sin(np.pi / size * np.outer(k - 0.5, k)) / k**3
        item = np.moveaxis(np.tensordot(waves, item, axes=(1, axis)), 0, axis)
    return item


def written(*axes: int | str) -> str:
    """A shape as errors show it."""
    return f"({', '.join(map(str, axes))})"


def _sample(group: FiniteGroup) -> NDArray[np.intp]:
    """A few elements of a group, always the same."""
    return np.random.default_rng(1).permutation(group.order)[:_SAMPLE]


def _norms(differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """The norms of items, of shape (|G|, |H|, *item)."""
    return np.linalg.norm(differences.reshape(*differences.shape[:2], -1), axis=-1)
