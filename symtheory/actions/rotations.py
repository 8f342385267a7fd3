"""Rotations and reflections of square images, exact by quarter turns and interpolated between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import gcd
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from symtheory._checks import as_image_shape
from symtheory.actions.base import Action
from symtheory.groups import cyclic_group, dihedral_group

if TYPE_CHECKING:
    from scipy import sparse

__all__ = ["dihedral_action", "rotation_action"]


@dataclass(frozen=True)
class _Rotations:
    """Rotations by multiples of 360°/n of images (height, width), or (height, width, channels)."""

    n: int
    channels: bool

    @property
    def base(self) -> int:
        """How many are interpolated; the others are these, moved by quarter turns."""
        return self.n // gcd(self.n, 4)

    def __call__(self, images: NDArray[np.float64]) -> NDArray[np.float64]:
        if not self.channels:
            return self._turned(images)
        planes = np.moveaxis(images, -1, 1)  # (m, channels, side, side)
        turned = self._turned(planes.reshape(-1, *planes.shape[2:]))
        return np.moveaxis(turned.reshape(*planes.shape[:2], *turned.shape[1:]), 1, -1)

    def _turned(self, images: NDArray[np.float64]) -> NDArray[np.float64]:
        """All rotations of images of shape (m, side, side)."""
        base, side = self.base, images.shape[-1]
        first = np.empty((len(images), base, side, side))
        first[:, 0] = images
        if base > 1:
            prefilter, interpolation = _rotation_operator(self.n, base, side)
            coefficients = prefilter @ images @ prefilter.T
            rotated = interpolation @ coefficients.reshape(len(images), -1).T
            first[:, 1:] = np.moveaxis(rotated.reshape(base - 1, side, side, -1), -1, 0)
        quarter_turns = self.n // base
        turn = 4 // quarter_turns
        turned = [np.rot90(first, k * turn, axes=(-2, -1)) for k in range(quarter_turns)]
        return np.concatenate(turned, axis=1)


@dataclass(frozen=True)
class _Mirrored:
    """Rotations, and the same after left and right are exchanged: (r⁰, r⁰s, r¹, r¹s, …)."""

    rotations: _Rotations

    def __call__(self, images: NDArray[np.float64]) -> NDArray[np.float64]:
        mirrored = np.flip(images, axis=2)  # the width, of (m, height, width[, channels])
        both = np.stack([self.rotations(images), self.rotations(mirrored)], axis=2)
        return both.reshape(len(images), 2 * self.rotations.n, *images.shape[1:])


def rotation_action(n: int, image_shape: Sequence[int]) -> Action:
    """C_n rotating square images about their center, by multiples of 360°/n counterclockwise.

    Rotations use cubic splines with zeros outside the image, exactly as
    ``scipy.ndimage.rotate(image, angle, order=3, reshape=False)`` does, but as a linear operator
    that is built once: rotating a thousand images is one sparse product. Turns by multiples of 90°
    only move pixels, and are composed with the interpolated ones, so that the largest subgroup of
    quarter turns in C_n acts exactly.

    Args:
        n: The number of rotations.
        image_shape: The shape of one image in pixels, (side, side) or (side, side, channels), each
            channel of which is rotated.

    Raises:
        ValueError: If n is not a positive integer or the image is not square.
    """
    group, shape = cyclic_group(n), _square(image_shape)
    transform = _Rotations(group.order, len(shape) == 3)
    exact_elements = tuple(range(0, group.order, transform.base))
    name = f"rotations of {shape[0]}×{shape[1]} images by multiples of {360 / group.order:g}°"
    return Action(name, group, shape, transform.base == 1, transform, exact_elements)


def dihedral_action(n: int, image_shape: Sequence[int]) -> Action:
    """D_n rotating and reflecting square images about their center.

    Element 2k rotates by k·360°/n counterclockwise, as `rotation_action` does; element 2k + 1
    exchanges left and right first. Exact if n divides 4; D_4 is the whole symmetry of a square.

    Args:
        n: The number of rotations; as many reflections come with them.
        image_shape: The shape of one image in pixels, (side, side) or (side, side, channels).

    Raises:
        ValueError: If n is not a positive integer or the image is not square.
    """
    group, shape = dihedral_group(n), _square(image_shape)
    rotations = _Rotations(group.order // 2, len(shape) == 3)
    # A mirrored grid is the same grid: reflections are as exact as the turns that they go with.
    turns = range(0, rotations.n, rotations.base)
    exact_elements = tuple(2 * k + s for k in turns for s in (0, 1))
    name = (
        f"rotations of {shape[0]}×{shape[1]} images by multiples of {360 / rotations.n:g}°, "
        "and reflections"
    )
    return Action(name, group, shape, rotations.base == 1, _Mirrored(rotations), exact_elements)


def _square(image_shape: Sequence[int]) -> tuple[int, ...]:
    """The shape of a square image, with channels or without.

    Raises:
        ValueError: If it is another.
    """
    shape = as_image_shape(image_shape)
    if shape[0] != shape[1]:
        raise ValueError(
            "Expected square images, whose quarter turns are exact, of shape (side, side) or "
            f"(side, side, channels). Got shape {shape}. Try padding the images to a square first."
        )
    return shape


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
