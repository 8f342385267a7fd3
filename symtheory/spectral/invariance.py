"""Invariant Gram matrices, the first rows that determine them, and how far a matrix is from one."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_gram, as_real_array, has_values
from symtheory.groups import FiniteGroup


def average_rows(gram: ArrayLike | Array, group: FiniteGroup) -> Float[Array, "*batch m m order"]:
    """The first rows κ_ij(h) = (1/|G|) Σ_g K[(i,g),(j,gh)] of the group-averaged Gram matrix.

    Args:
        gram: Of m orbits, seed-major: shape (..., m|G|, m|G|).
        group: The group, of order |G|.

    Returns:
        Shape (..., m, m, |G|).
    """
    gram = as_gram(gram)
    n = group.order
    if gram.shape[-1] % n:
        raise ValueError(
            f"Expected a Gram matrix of whole orbits of {group.name}: of size m·{n}. "
            f"Got size {gram.shape[-1]}."
        )
    m = gram.shape[-1] // n
    blocks = jnp.swapaxes(gram.reshape(*gram.shape[:-2], m, n, m, n), -3, -2)
    return blocks[..., np.arange(n)[:, None], group.table].mean(axis=-2)


def group_average(gram: ArrayLike | Array, group: FiniteGroup) -> Float[Array, "*batch n n"]:
    """The nearest invariant Gram matrix: K averaged over the simultaneous action of the group.

    For an exact action and an invariant kernel this changes nothing.

    Args:
        gram: Of m orbits, seed-major: shape (..., m|G|, m|G|).
        group: The group, of order |G|.

    Returns:
        The same shape.
    """
    return expand_rows(average_rows(gram, group), group)


def expand_rows(rows: ArrayLike | Array, group: FiniteGroup) -> Float[Array, "*batch n n"]:
    """The invariant Gram matrix K[(i,g),(j,h)] = κ_ij(g⁻¹h) that has the given first rows.

    Args:
        rows: Of shape (..., m, m, |G|).
        group: The group, of order |G|.

    Returns:
        Shape (..., m|G|, m|G|).
    """
    rows = check_rows(rows, group)
    m, n = rows.shape[-2:]
    blocks = rows[..., group.table[group.inverse]]  # (..., m, m, g, h)
    return jnp.swapaxes(blocks, -3, -2).reshape(*rows.shape[:-3], m * n, m * n)


def symmetry_defect(gram: ArrayLike | Array, group: FiniteGroup) -> Float[Array, "*batch"]:
    """How far a Gram matrix is from invariant: ‖K - avg(K)‖ / ‖K‖ in the Frobenius norm.

    Returns:
        Shape (...,), between 0 (invariant) and 1.
    """
    gram = as_gram(gram)
    gap = gram - group_average(gram, group)
    norm, size = (jnp.sqrt(jnp.sum(jnp.square(a), axis=(-2, -1))) for a in (gap, gram))
    return norm / size


def read_rows(gram: ArrayLike | Array, group: FiniteGroup) -> Array:
    """First rows, whether given as such or as a Gram matrix."""
    array = as_real_array(gram, "Gram matrix")
    if array.ndim >= 3 and array.shape[-1] == group.order and array.shape[-2] == array.shape[-3]:
        return check_rows(array, group)
    return average_rows(array, group)


def check_rows(rows: ArrayLike | Array, group: FiniteGroup) -> Array:
    """First rows, checked: of a symmetric matrix, so that κ_ji(h) = κ_ij(h⁻¹)."""
    rows = as_real_array(rows, "array of first rows")
    if rows.ndim < 3 or rows.shape[-1] != group.order or rows.shape[-2] != rows.shape[-3]:
        raise ValueError(
            f"Expected first rows of shape (..., m, m, {group.order}) for {group.name}. "
            f"Got shape {rows.shape}."
        )
    if has_values(rows):
        values = np.asarray(rows)
        gap = np.abs(values - np.swapaxes(values, -2, -3)[..., group.inverse]).max()
        if gap > 1e3 * np.finfo(values.dtype).eps * np.abs(values).max():
            raise ValueError(
                "Expected first rows of a symmetric invariant Gram matrix, κ_ji(h) = κ_ij(h⁻¹). "
                f"Got a difference of {gap:.2g}. Try the full Gram matrix, which is averaged "
                "over the group, if the action is not exact."
            )
    return rows
