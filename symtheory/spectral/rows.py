"""The first rows κ_ij(h) = K[(i,e),(j,h)], which determine an invariant Gram matrix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_real_array, ensure, has_values, uncopied_gram
from symtheory.groups import FiniteGroup

__all__ = [
    "FirstRows",
    "average_rows",
    "check_rows",
    "diagonal_of",
    "expand_rows",
    "mean_and_defect",
]


@partial(jax.tree_util.register_dataclass, data_fields=["values"], meta_fields=[])
@dataclass(frozen=True, eq=False)
class FirstRows:
    """First rows, said to be such, where a Gram matrix would do as well.

    An array is always read as a Gram matrix; what it means is never guessed from its shape.

    >>> import numpy as np
    >>> from symtheory import groups, spectral
    >>> rows = np.array([[[2.0, 0.5], [0.1, 0.2]], [[0.1, 0.2], [2.0, 0.4]]])  # two orbits of C2
    >>> errors = spectral.spectral_error(FirstRows(rows), groups.cyclic_group(2), ridge=0.0)
    >>> [f"{error:.2f}" for error in errors]
    ['0.85', '0.90']

    Attributes:
        values: κ_ij(h), of shape (..., m, m, |G|), from `symtheory.kernels.first_rows` or
            `average_rows`.
    """

    values: ArrayLike | Array


def average_rows(gram: ArrayLike | Array, group: FiniteGroup) -> Float[Array, "*batch m m order"]:
    """The first rows κ_ij(h) = (1/|G|) Σ_g K[(i,g),(j,gh)] of the group-averaged Gram matrix.

    Where values exist they are added up element by element of the group, which takes the memory of
    the result and not of a second Gram matrix.

    Args:
        gram: Of m orbits, seed-major: shape (..., m|G|, m|G|).
        group: The group, of order |G|.

    Returns:
        Shape (..., m, m, |G|).

    Raises:
        ValueError: If it is no Gram matrix of whole orbits of the group.
    """
    return jnp.asarray(mean_and_defect(gram, group)[0])


def mean_and_defect(gram: ArrayLike | Array, group: FiniteGroup) -> tuple[Any, Any, Any]:
    """`average_rows`, how far K is from what they determine, and the unit of that.

    Of NumPy where they have values.

    Returns:
        Rows of shape (..., m, m, |G|); ‖K - avg(K)‖² / size², of shape (...,); and size, of that
        shape, the largest entry, or 1 where all are 0: squares of small numbers would be 0.
    """
    matrix = uncopied_gram(gram)
    n = group.order
    if matrix.shape[-1] % n:
        raise ValueError(
            f"Expected a Gram matrix of whole orbits of {group.name}: of size m·{n}. "
            f"Got size {matrix.shape[-1]}. Try symtheory.kernels.gram(kernel, orbits)."
        )
    m = matrix.shape[-1] // n
    shape = (*matrix.shape[:-2], m, n, m, n)
    if not has_values(matrix):
        moved = jnp.swapaxes(matrix.reshape(shape), -3, -2)[..., np.arange(n)[:, None], group.table]
        rows = moved.mean(axis=-2)
        size = _unit(jax.lax.stop_gradient(jnp.abs(matrix).max((-2, -1))))
        gap = (moved - rows[..., None, :]) / size[..., None, None, None, None]
        return rows, jnp.sum(jnp.square(gap), axis=(-4, -3, -2, -1)), size
    blocks = np.asarray(matrix).reshape(shape)
    average = np.zeros((*matrix.shape[:-2], m, m, n), blocks.dtype)
    size = np.zeros(matrix.shape[:-2], blocks.dtype)
    for g in range(n):
        moved = np.take(blocks[..., g, :, :], group.table[g], axis=-1)
        average += moved
        size = np.maximum(size, np.abs(moved, out=moved).max((-3, -2, -1)))
    average /= n
    size = _unit(size)
    defect = np.zeros(matrix.shape[:-2], blocks.dtype)
    for g in range(n):
        gap = np.take(blocks[..., g, :, :], group.table[g], axis=-1)
        gap -= average
        gap /= size[..., None, None, None]
        defect += np.square(gap, out=gap).sum((-3, -2, -1))
    return average, defect, size


def _unit(largest: Any) -> Any:
    """A size to divide by."""
    xp: Any = np if has_values(largest) else jnp
    return xp.where(largest == 0, 1.0, largest).astype(largest.dtype)


def expand_rows(rows: ArrayLike | Array, group: FiniteGroup) -> Float[Array, "*batch n n"]:
    """The invariant Gram matrix K[(i,g),(j,h)] = κ_ij(g⁻¹h) that has the given first rows.

    Args:
        rows: Of shape (..., m, m, |G|).
        group: The group, of order |G|.

    Returns:
        Shape (..., m|G|, m|G|).

    Raises:
        ValueError: As `check_rows`.
    """
    rows = check_rows(rows, group)
    m, n = rows.shape[-2:]
    xp = np if has_values(rows) else jnp
    blocks = xp.asarray(rows)[..., group.table[group.inverse]]  # (..., m, m, g, h)
    matrix = xp.swapaxes(blocks, -3, -2).reshape(*rows.shape[:-3], m * n, m * n)
    return jnp.asarray(matrix)


def diagonal_of(rows: Array) -> np.ndarray | Array:
    """The diagonal of the Gram matrix, once for each orbit and |G|-fold: of shape (..., m)."""
    xp = np if has_values(rows) else jnp
    return xp.diagonal(xp.asarray(rows)[..., 0], axis1=-2, axis2=-1) * rows.shape[-1]


def check_rows(rows: ArrayLike | Array, group: FiniteGroup) -> Array:
    """First rows, checked: of a symmetric matrix, so that κ_ji(h) = κ_ij(h⁻¹).

    Raises:
        ValueError: If shapes do not match, a value is not finite, or they are not symmetric.
    """
    rows = as_real_array(rows, "array of first rows")
    shape = rows.shape
    if rows.ndim < 3 or shape[-1] != group.order or shape[-2] != shape[-3] or shape[-2] == 0:
        raise ValueError(
            f"Expected first rows of shape (..., m, m, {group.order}) for {group.name}. "
            f"Got shape {shape}. Try symtheory.kernels.first_rows(kernel, orbits)."
        )
    xp = np if has_values(rows) else jnp
    values = xp.asarray(rows)
    gap = xp.abs(values - xp.swapaxes(values, -2, -3)[..., group.inverse]).max((-3, -2, -1))
    size = xp.abs(values).max((-3, -2, -1))
    return ensure(
        rows,
        gap <= 1e3 * float(np.finfo(rows.dtype).eps) * size,
        lambda: (
            "Expected first rows of a symmetric invariant Gram matrix, κ_ji(h) = κ_ij(h⁻¹). "
            f"Got a difference of {gap.max():.2g}. Try the full Gram matrix, which is averaged "
            "over the group, if the action is not exact."
        ),
    )
