"""Rotations and reflections of square images, exact by quarter turns and interpolated between."""

from __future__ import annotations

from functools import cache
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symtheory.actions.base import Action
from symtheory.groups import cyclic_group, dihedral_group

if TYPE_CHECKING:
    from scipy import sparse


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
    exact_elements = tuple(range(0, n, base))
    return Action(name, group, (side, side), base == 1, transform, exact_elements)


def dihedral_action(n: int, image_shape: tuple[int, int]) -> Action:
    """D_n rotating and reflecting square images about their center.

    Element 2k rotates by k·360°/n counterclockwise, as `rotation_action` does; element 2k + 1
    exchanges left and right first. Exact if n divides 4; D_4 is the whole symmetry of a square.

    Args:
        n: The number of rotations; as many reflections come with them.
        image_shape: The shape of one image, (side, side), in pixels.

    Raises:
        ValueError: If n is not a positive integer or the image is not square.
    """
    rotations = rotation_action(n, image_shape)

    def transform(images: NDArray[np.float64]) -> NDArray[np.float64]:
        turned, mirrored = rotations.transform(images), rotations.transform(images[..., ::-1])
        both = np.stack([turned, mirrored], axis=2)  # (m, rotation, reflection, side, side)
        return both.reshape(len(images), 2 * n, *image_shape)

    name = f"{rotations.name}, and reflections"
    # A mirrored grid is the same grid: reflections are as exact as the turns that they go with.
    exact_elements = tuple(2 * k + s for k in rotations.exact_elements for s in (0, 1))
    shape, exact = rotations.item_shape, rotations.exact
    return Action(name, dihedral_group(n), shape, exact, transform, exact_elements)


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
