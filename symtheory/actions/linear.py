"""Groups of matrices, acting on vectors and on clouds of points: exact to rounding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_integer, as_real_values, as_sizes
from symtheory.actions.base import Action
from symtheory.groups import FiniteGroup, cyclic_group
from symtheory.groups.values import Value, read_only

__all__ = ["linear_action", "planar_rotation_action"]

_LARGEST_DIMENSION = 1_000
_TOLERANCE = 1e-10  # of a product of two matrices, relative to the largest entry of all


@dataclass(frozen=True, eq=False)
class _Matrices(Value):
    """g·x = ρ(g)x along the last axis, with matrices of shape (|G|, d, d)."""

    matrices: Float[np.ndarray, "order d d"]

    def __call__(self, items: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.moveaxis(np.einsum("gij,m...j->gm...i", self.matrices, items), 0, 1)


def linear_action(
    group: FiniteGroup,
    matrices: ArrayLike | None = None,
    item_shape: Sequence[int] | None = None,
) -> Action:
    """A group of matrices acting on vectors, g·x = ρ(g)x, or on each point of a cloud. Exact.

    The quarter turns of clouds of five points in space about its first axis, for example:

    >>> turn = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]])
    >>> turns = [np.linalg.matrix_power(turn, k) for k in range(4)]
    >>> linear_action(cyclic_group(4), turns, item_shape=(5, 3)).item_shape
    (5, 3)

    Args:
        group: The group.
        matrices: Real, of shape (|G|, d, d), one for each element, with ρ(g)ρ(h) = ρ(gh). They
            need not be orthogonal; kernels of distances are invariant only if they are. Those of
            the group itself, of a point group, if not given.
        item_shape: The shape of one item, (..., d): all its axes but the last run over points.
            (d,), one vector, if not given.

    Raises:
        ValueError: If the matrices are no homomorphism from the group, or do not fit the items.
    """
    given = group.matrices if matrices is None else matrices
    if given is None:
        raise ValueError(
            f"Expected matrices for the elements of {group.name}, which has none of its own. "
            "Got none. Try an array of shape (|G|, d, d), or a point group."
        )
    rho = as_real_values(given, "matrices")
    if rho.ndim != 3 or len(rho) != group.order or rho.shape[1] != rho.shape[2] or not rho.size:
        raise ValueError(
            f"Expected a square matrix for each element of {group.name}, of shape "
            f"({group.order}, d, d). Got shape {rho.shape}. Try np.stack(matrices)."
        )
    d = rho.shape[1]
    shape = (d,) if item_shape is None else as_sizes(item_shape, "item_shape")
    if not shape or shape[-1] != d:
        raise ValueError(
            f"Expected items of shape (..., {d}), which {d}×{d} matrices act on. Got {shape}. "
            f"Try (points, {d})."
        )
    _check_homomorphism(rho, group)
    points = "".join(f"{size}×" for size in shape[:-1])
    name = f"{group.name} acting on points in R^{d}, {points}{d} numbers an item"
    return Action(name, group, shape, True, _Matrices(read_only(rho.copy())))


def planar_rotation_action(n: int, dimension: int = 2) -> Action:
    """C_n rotating points of R^dimension in the plane of their first two coordinates. Exact.

    Raises:
        ValueError: If n is not a positive integer, or the dimension is not from 2 to 1000.
    """
    group = cyclic_group(n)
    dimension = as_integer(dimension, "dimension", minimum=2, maximum=_LARGEST_DIMENSION)
    n = group.order  # of Python, whatever integer was handed in
    angles = 2 * np.pi * np.arange(n) / n
    matrices = np.broadcast_to(np.eye(dimension), (n, dimension, dimension)).copy()
    matrices[:, 0, 0] = matrices[:, 1, 1] = np.cos(angles)
    matrices[:, 1, 0] = np.sin(angles)
    matrices[:, 0, 1] = -np.sin(angles)
    name = f"rotations of points in R^{dimension} by multiples of {360 / n:g}°"
    return Action(name, group, (dimension,), True, _Matrices(read_only(matrices)))


def _check_homomorphism(rho: NDArray[np.float64], group: FiniteGroup) -> None:
    """Raise a ValueError that names g and h with ρ(g)ρ(h) ≠ ρ(gh), or a ρ(e) that is not I."""
    allowed = _TOLERANCE * np.abs(rho).max()
    if np.abs(rho[0] - np.eye(len(rho[0]))).max() > allowed:
        raise ValueError(
            f"Expected the matrix of the identity, element 0 of {group.name}, to be I. "
            "Got another. Try ordering the matrices as group.labels."
        )
    for s in group.generators:  # what holds for two factors holds for their product
        gaps = np.abs(rho @ rho[s] - rho[group.multiply(group.elements, s)]).max(axis=(1, 2))
        if gaps.max() > allowed:
            g = int(np.argmax(gaps))
            raise ValueError(
                f"Expected ρ(g)ρ(h) = ρ(gh), a homomorphism from {group.name}. Got a difference of "
                f"{gaps[g]:.2g} at g = {group.label(g)}, h = {group.label(s)}. Try ordering the "
                "matrices as group.labels, and their transposes if they act on rows."
            )
