"""Groups acting on arrays, and the orbits they sweep out.

An action is a map from an item to its |G| transforms. Some are exact: applying g and then h is the
same as applying hg, to rounding. A rotation by an angle that is not a quarter turn has to
interpolate between pixels and is not; such an action says so in its ``exact`` attribute, and
`symtheory.spectral.symmetry_defect` measures by how much it misses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from symtheory.groups import FiniteGroup, cyclic_group

if TYPE_CHECKING:
    from scipy import sparse


@dataclass(frozen=True, eq=False)
class Action:
    """A finite group acting on arrays of one shape.

    Attributes:
        name: For people, such as ``"rotations of a 28×28 image by multiples of 45°"``.
        group: The group that acts.
        item_shape: The shape of one item.
        exact: Whether (gh)·x = g·(h·x) holds to rounding error.
        transform: Takes items of shape (m, *item_shape) to (m, |G|, *item_shape).
    """

    name: str
    group: FiniteGroup
    item_shape: tuple[int, ...]
    exact: bool
    transform: Callable[[NDArray[np.float64]], NDArray[np.float64]]


def orbit(seeds: ArrayLike, action: Action) -> Float[np.ndarray, "m order *item"]:
    """The orbits of some seeds: entry (i, g) is g·seed_i.

    Args:
        seeds: Items to transform, of shape (m, *item_shape).
        action: What transforms them.

    Returns:
        An array of shape (m, |G|, *item_shape), float64. Element g = 0 is the identity, so that
        ``orbit(seeds, action)[:, 0]`` are the seeds.

    Raises:
        ValueError: If the seeds have another shape than the action expects, or are not finite.
    """
    items = np.asarray(seeds, dtype=np.float64)
    if items.shape[1:] != action.item_shape or items.ndim == 0:
        hint = " Try seeds[None] for a single item." if items.shape == action.item_shape else ""
        raise ValueError(
            f"Expected seeds of shape (m, {', '.join(map(str, action.item_shape))}) for "
            f"{action.name}. Got shape {items.shape}.{hint}"
        )
    if not np.isfinite(items).all():
        raise ValueError("Expected finite seeds. Got NaN or infinity. Try cleaning the data first.")
    return action.transform(items)


def rotation_action(n: int, image_shape: tuple[int, int]) -> Action:
    """C_n rotating square images about their center, by multiples of 360°/n counterclockwise.

    Rotations use cubic splines with zeros outside the image, exactly as
    ``scipy.ndimage.rotate(image, angle, order=3, reshape=False)`` does, but as a linear operator
    that is built once: rotating a thousand images is one sparse product. Turns by multiples of 90°
    only move pixels, and are composed with the interpolated ones, so that the largest subgroup of
    quarter turns in C_n acts exactly.

    Args:
        n: The number of rotations.
        image_shape: The shape of one image, (side, side), in pixels.

    Raises:
        ValueError: If n is not a positive integer or the image is not square.
    """
    group = cyclic_group(n)
    if len(image_shape) != 2 or image_shape[0] != image_shape[1]:
        raise ValueError(
            f"Expected square images, whose quarter turns are exact. Got shape {image_shape}. "
            "Try padding the images to a square first."
        )
    side = image_shape[0]
    quarter_turns = gcd(n, 4)
    base = n // quarter_turns  # angles 0, …, base - 1 steps; the rest by moving pixels

    def transform(images: NDArray[np.float64]) -> NDArray[np.float64]:
        first = np.empty((len(images), base, side, side))
        first[:, 0] = images
        if base > 1:
            prefilter, interpolation = _rotation_operator(n, base, side)
            coefficients = prefilter @ images @ prefilter.T
            rotated = interpolation @ coefficients.reshape(len(images), -1).T
            first[:, 1:] = np.moveaxis(rotated.reshape(base - 1, side, side, -1), -1, 0)
        turn = 4 // quarter_turns
        turned = [np.rot90(first, k * turn, axes=(-2, -1)) for k in range(quarter_turns)]
        return np.concatenate(turned, axis=1)

    name = f"rotations of {side}×{side} images by multiples of {360 / n:g}°"
    return Action(name, group, (side, side), base == 1, transform)


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


@cache
def _rotation_operator(
    n: int, count: int, side: int
) -> tuple[NDArray[np.float64], sparse.csr_array]:
    """Rotations by 1, …, count - 1 steps of 360°/n, as (prefilter, interpolation).

    The prefilter turns pixels into cubic B-spline coefficients, along each axis (Unser, Aldroubi,
    Eden 1993); the interpolation matrix, of shape ((count - 1)·side², side²), evaluates the spline
    at the rotated grid. Together they are the linear map that `scipy.ndimage.rotate` applies.
    """
    from scipy import sparse  # here, so that importing the package stays fast
    from scipy.ndimage import spline_filter1d

    prefilter = spline_filter1d(np.eye(side), order=3, axis=0, mode="mirror")
    center = (side - 1) / 2
    rows, columns = np.mgrid[:side, :side] - center
    blocks = []
    for step in range(1, count):
        angle = 2 * np.pi * step / n
        source_rows = np.cos(angle) * rows + np.sin(angle) * columns + center
        source_columns = -np.sin(angle) * rows + np.cos(angle) * columns + center
        blocks.append(_spline_weights(source_rows.ravel(), source_columns.ravel(), side))
    return prefilter, sparse.vstack(blocks, format="csr")


def _spline_weights(
    rows: NDArray[np.float64], columns: NDArray[np.float64], side: int
) -> sparse.csr_array:
    """The sparse matrix that evaluates a bicubic B-spline at given positions.

    A position outside [0, side - 1] in either direction gets a row of zeros (a black pixel).
    Coefficients are mirrored at the border pixel, as the prefilter assumed.
    """
    from scipy import sparse

    inside = np.flatnonzero(
        (rows >= 0) & (rows <= side - 1) & (columns >= 0) & (columns <= side - 1)
    )
    row_index, row_weight = _cubic_support(rows[inside], side)
    column_index, column_weight = _cubic_support(columns[inside], side)
    index = row_index[:, :, None] * side + column_index[:, None, :]
    weight = row_weight[:, :, None] * column_weight[:, None, :]
    target = np.repeat(inside, 16)
    shape = (len(rows), side**2)
    return sparse.coo_array((weight.ravel(), (target, index.ravel())), shape=shape).tocsr()


def _cubic_support(
    position: NDArray[np.float64], side: int
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """The four cubic B-splines that are non-zero at each position: their indices and values."""
    start = np.floor(position).astype(np.intp) - 1
    index = start[:, None] + np.arange(4)
    distance = np.abs(position[:, None] - index)
    near = 2 / 3 - distance**2 * (1 - distance / 2)
    far = np.maximum(2 - distance, 0) ** 3 / 6
    period = max(2 * (side - 1), 1)
    mirrored = np.abs((index + side - 1) % period - (side - 1))
    return mirrored, np.where(distance < 1, near, far)
