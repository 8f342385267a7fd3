"""Actions that only move entries, or rotate points: exact to rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symtheory.actions.base import Action
from symtheory.groups import FiniteGroup, cyclic_group


def translation_action(n: int, image_shape: tuple[int, ...], axis: int = -1) -> Action:
    """C_n shifting arrays cyclically along one axis, by multiples of size/n positions. Exact.

    Raises:
        ValueError: If n does not divide the size of the axis.
    """
    group = cyclic_group(n)
    size = image_shape[axis]
    if size % n:
        raise ValueError(
            f"Expected a number of shifts that divides the size of axis {axis}, {size}. Got {n}. "
            f"Try one of {[k for k in range(1, size + 1) if size % k == 0]}."
        )
    array_axis = axis if axis < 0 else axis - len(image_shape)

    def transform(images: NDArray[np.float64]) -> NDArray[np.float64]:
        shifts = (np.arange(n) * (size // n)).tolist()
        return np.stack([np.roll(images, shift, axis=array_axis) for shift in shifts], axis=1)

    name = f"cyclic shifts along axis {axis} by multiples of {size // n} of {size} positions"
    return Action(name, group, tuple(image_shape), True, transform)


def planar_rotation_action(n: int, dimension: int = 2) -> Action:
    """C_n rotating points of R^dimension in the plane of their first two coordinates. Exact.

    Raises:
        ValueError: If the dimension is less than 2.
    """
    group = cyclic_group(n)
    if dimension < 2:
        raise ValueError(f"Expected points with at least 2 coordinates. Got dimension {dimension}.")
    angles = 2 * np.pi * np.arange(n) / n
    matrices = np.broadcast_to(np.eye(dimension), (n, dimension, dimension)).copy()
    matrices[:, 0, 0] = matrices[:, 1, 1] = np.cos(angles)
    matrices[:, 1, 0] = np.sin(angles)
    matrices[:, 0, 1] = -np.sin(angles)

    def transform(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.einsum("gij,mj->mgi", matrices, points)

    name = f"rotations of points in R^{dimension} by multiples of {360 / n:g}°"
    return Action(name, group, (dimension,), True, transform)


def permutation_action(
    group: FiniteGroup, item_shape: tuple[int, ...], axis: int | None = 0
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
    places = group.permutations.shape[1]
    size = int(np.prod(item_shape)) if axis is None else item_shape[axis]
    if size != places:
        where = f"axis {axis} of items" if axis is not None else "items"
        raise ValueError(
            f"Expected {group.name}, which moves {places} places, to meet {where} of as many "
            f"entries. Got {size} in shape {tuple(item_shape)}."
        )
    comes_from = np.argsort(group.permutations, axis=1)  # g⁻¹(i)

    def transform(items: NDArray[np.float64]) -> NDArray[np.float64]:
        if axis is None:
            moved = items.reshape(len(items), -1)[:, comes_from]
            return moved.reshape(len(items), group.order, *item_shape)
        array_axis = axis if axis < 0 else axis - len(item_shape)
        return np.stack([np.take(items, row, axis=array_axis) for row in comes_from], axis=1)

    what = "all entries" if axis is None else f"axis {axis}"
    shape = "×".join(map(str, item_shape))
    name = f"permutations of {what} of {shape} arrays by {group.name}"
    return Action(name, group, tuple(item_shape), True, transform)
