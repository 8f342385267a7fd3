r"""The theory: errors at unseen points from the spectrum of a Gram matrix over a group.

Take m orbits of a group G whose Gram matrix is invariant, K[(i,g),(j,h)] = κ_ij(g⁻¹h), and labels
that are constant on orbits. The Fourier transform over G takes K + rI apart into a Hermitian block
Λ_ρ for each irreducible representation ρ, made of the blocks κ̂_ij(ρ) = Σ_h κ_ij(h) ρ(h), and the
error at a point of orbit i that was left out of the training set is

    ε_i = |(Λ_1⁻¹ y)_i| / ( (1/|G|) Σ_ρ d_ρ tr[(Λ_ρ⁻¹)_ii] ),

the trivial representation alone over the mean of all. For two orbits of C_N that interleave into
one circulant of size 2N it is Perin and Deny's ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩ (arXiv 2412.11521).

Wherever a Gram matrix of shape (..., m|G|, m|G|) is expected by a function below, the first rows
κ_ij(h), of shape (..., m, m, |G|), will do as well: an array is read as first rows where its last
axis has length |G| and the two before it are equal.
"""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.linalg import solve_triangular
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import (
    as_gram,
    as_labels,
    as_real_array,
    as_ridge,
    cholesky,
    has_values,
)
from symtheory.groups import FiniteGroup, cyclic_group


class Spectrum(NamedTuple):
    """The circulant spectrum of two interleaved orbits of C_N, ridge included.

    Attributes:
        eigenvalues: λ_0, …, λ_{2N-1} in order of frequency, of shape (..., 2N). Frequency N, which
            changes sign from each point to the next, is that of the labels.
        last_eigenvalue: λ_N, of shape (...,). Large where the two classes are far apart.
        mean_inverse: ⟨λ⁻¹⟩, of shape (...,). Small where orbits are densely sampled.
        error: ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩, of shape (...,). Above 1 the prediction is wrong.
    """

    eigenvalues: Array
    last_eigenvalue: Array
    mean_inverse: Array
    error: Array


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
    rows = _as_rows(rows, group)
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


def spectral_error(
    gram: ArrayLike | Array,
    group: FiniteGroup,
    *,
    ridge: ArrayLike,
    labels: ArrayLike | Array | None = None,
) -> Float[Array, "*shape"]:
    """The error at an unseen point of each orbit when all other points are seen.

    The Gram matrix is averaged over the group first. The result equals the leave-one-out error of
    exact kernel regression where the Gram matrix is invariant.

    Args:
        gram: Of m orbits, of shape (..., m|G|, m|G|), or its first rows, of shape (..., m, m, |G|).
        group: A product of cyclic groups.
        ridge: Absolute, a scalar or of shape (...,).
        labels: +1 or -1 for each orbit, of shape (m,) or (m, classes). For two orbits, (+1, -1) if
            not given.

    Returns:
        Shape (..., m) or (..., m, classes). Above 1 a prediction has the wrong sign or overshoots.

    Raises:
        ValueError: If shapes do not match, a value is not finite, a label is not ±1, or the matrix
            is singular to its precision.
    """
    rows = _rows(gram, group)
    m = rows.shape[-2]
    if labels is None and m != 2:
        raise ValueError(f"Expected labels for {m} orbits. Got none. Try labels=[+1, -1, …].")
    labels = as_labels([1.0, -1.0] if labels is None else labels, m, rows.dtype)
    ridge = as_ridge(ridge, jnp.diagonal(rows[..., 0], axis1=-2, axis2=-1) * group.order)

    blocks, weights = _blocks(rows, group)
    identity = jnp.eye(m, dtype=blocks.dtype)
    factor = cholesky(blocks + ridge[..., None, None, None] * identity)
    inverse = solve_triangular(factor, jnp.broadcast_to(identity, factor.shape), lower=True)
    inverse_diagonal = jnp.sum(jnp.real(inverse * jnp.conj(inverse)), axis=-2)
    noise = jnp.einsum("...rm,r->...m", inverse_diagonal, weights) / group.order

    trivial = jnp.real(inverse[..., 0, :, :])
    columns = labels[:, None] if labels.ndim == 1 else labels
    signal = jnp.swapaxes(trivial, -1, -2) @ (trivial @ columns)
    error = jnp.abs(signal) / noise[..., None]
    return error[..., 0] if labels.ndim == 1 else error


def circulant_spectral_error(
    gram: ArrayLike | Array, *, ridge: ArrayLike
) -> Float[Array, "*batch"]:
    """Perin and Deny's spectral error ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩ of two orbits of a cyclic group.

    The orbits A and B are interleaved, A0, B0, A1, B1, …, and the Gram matrix is averaged along its
    wrapped diagonals. That supposes more than invariance: that B lies half a step ahead of A.

    Args:
        gram: Of two orbits, seed-major, of shape (..., 2N, 2N), or its first rows (..., 2, 2, N).
        ridge: Absolute, a scalar or of shape (...,).

    Returns:
        Shape (...,).
    """
    return spectrum(gram, ridge=ridge).error


def spectrum(gram: ArrayLike | Array, *, ridge: ArrayLike) -> Spectrum:
    """The circulant spectrum behind `circulant_spectral_error`; arguments and errors as there."""
    array = as_real_array(gram, "Gram matrix")
    first = array.ndim >= 3 and array.shape[-3:-1] == (2, 2)
    order = array.shape[-1] if first else array.shape[-1] // 2 if array.ndim else 0
    if order < 1 or (not first and array.shape[-1] % 2):
        raise ValueError(
            "Expected the Gram matrix of two orbits, of shape (..., 2N, 2N), or its first rows, of "
            f"shape (..., 2, 2, N). Got shape {array.shape}."
        )
    rows = _rows(array, cyclic_group(order))
    if rows.shape[-3] != 2:
        raise ValueError(f"Expected two orbits. Got {rows.shape[-3]}.")
    ridge = as_ridge(ridge, jnp.diagonal(rows[..., 0], axis1=-2, axis2=-1) * order)
    # From A_g it is 2h steps to A_{g+h} and 2h + 1 to B_{g+h}; from B_g it is 2h + 1 to A_{g+h+1}.
    same = (rows[..., 0, 0, :] + rows[..., 1, 1, :]) / 2
    other = (rows[..., 0, 1, :] + jnp.roll(rows[..., 1, 0, :], -1, axis=-1)) / 2
    row = jnp.stack([same, other], axis=-1).reshape(*same.shape[:-1], 2 * order)
    eigenvalues = jnp.real(jnp.fft.fft(row, axis=-1)) + ridge[..., None]
    cholesky(eigenvalues[..., None, None], what="circulant Gram matrix")  # all positive
    last, mean_inverse = eigenvalues[..., order], jnp.mean(1 / eigenvalues, axis=-1)
    return Spectrum(eigenvalues, last, mean_inverse, 1 / (last * mean_inverse))


def _blocks(rows: Array, group: FiniteGroup) -> tuple[Array, Array]:
    """The Fourier blocks κ̂(ρ) of first rows, (..., ρ, m, m), and the weight of each block.

    Rows are real, so the block of a character is the conjugate of its inverse's, and counts twice.
    """
    factors = group.cyclic_factors
    if factors is None:
        raise ValueError(
            f"Expected a product of cyclic groups. Got {group.name}. "
            "Try symtheory.groups.cyclic_group or direct_product."
        )
    axes = tuple(range(-len(factors), 0))
    transform = jnp.fft.rfftn(rows.reshape(*rows.shape[:-1], *factors), axes=axes)
    weights = np.full(transform.shape[-len(factors) :], 2.0)
    weights[..., 0] = 1.0
    if factors[-1] % 2 == 0:
        weights[..., -1] = 1.0
    blocks = transform.reshape(*rows.shape[:-1], weights.size)
    return jnp.moveaxis(blocks, -1, -3), jnp.asarray(weights.ravel(), dtype=rows.dtype)


def _rows(gram: ArrayLike | Array, group: FiniteGroup) -> Array:
    """First rows, whether given as such or as a Gram matrix."""
    array = as_real_array(gram, "Gram matrix")
    if array.ndim >= 3 and array.shape[-1] == group.order and array.shape[-2] == array.shape[-3]:
        return _as_rows(array, group)
    return average_rows(array, group)


def _as_rows(rows: ArrayLike | Array, group: FiniteGroup) -> Array:
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
