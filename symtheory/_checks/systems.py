"""Gram matrices, ridges and labels, and whether the system that they make can be solved."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks.arrays import as_real_array, has_values
from symtheory._checks.warned import IllConditionedWarning

# Rounding of relative size eps is amplified by the condition number κ; at this product about four
# digits of a result are left. In double precision it is reached at κ = 10¹².
_LARGEST_AMPLIFICATION = 1e12 * float(np.finfo(np.float64).eps)
_POWER_ITERATIONS = 12


def as_gram(gram: ArrayLike | Array) -> Array:
    """A stack of square, symmetric, finite matrices, of shape (..., n, n).

    Raises:
        ValueError: If it is none.
    """
    gram = as_real_array(gram, "Gram matrix")
    if gram.ndim < 2 or gram.shape[-1] != gram.shape[-2] or gram.shape[-1] == 0:
        raise ValueError(
            f"Expected a Gram matrix of shape (..., n, n). Got shape {gram.shape}. "
            "Try symtheory.kernels.gram(kernel, orbits)."
        )
    if has_values(gram):
        values = np.asarray(gram)
        gap, size = np.abs(values - np.swapaxes(values, -1, -2)).max(), np.abs(values).max()
        if gap > 1e3 * np.finfo(values.dtype).eps * size:
            raise ValueError(
                f"Expected a symmetric Gram matrix. Got one with K[a, b] - K[b, a] up to {gap:.2g}."
            )
    return gram


def as_ridge(ridge: ArrayLike | Array, diagonal: Array, *, what: str = "Gram matrix") -> Array:
    """A ridge that the precision of the matrix can resolve, with the matrix's batch shape.

    Args:
        ridge: A scalar, or one value for each matrix of the batch.
        diagonal: The diagonals of the matrices, of shape (..., n).
        what: The name of the matrix in errors.

    Raises:
        ValueError: If it is negative, of another shape, or below what rounding leaves.
    """
    batch = diagonal.shape[:-1]
    values = np.asarray(ridge, dtype=float) if not isinstance(ridge, jax.core.Tracer) else None
    if np.shape(ridge) != () and np.shape(ridge) != batch:
        raise ValueError(
            f"Expected one ridge, or one for each {what}: shape () or {batch}. "
            f"Got shape {np.shape(ridge)}."
        )
    if values is not None and not (np.isfinite(values).all() and (values >= 0).all()):
        raise ValueError(f"Expected a ridge ≥ 0. Got {values.min()}.")
    if diagonal.dtype != jnp.float64 and values is not None and has_values(diagonal):
        # The last digit of the largest eigenvalue, which is at most the trace.
        resolution = np.finfo(diagonal.dtype).eps * np.abs(np.asarray(diagonal)).sum(-1)
        if ((values > 0) & (values < resolution)).any():
            raise ValueError(
                f"Expected a ridge that {diagonal.dtype} can resolve beside this {what}, at least "
                f"{resolution.max():.1e}. Got {values.min():.1e}. "
                'Try jax.config.update("jax_enable_x64", True) before making any array.'
            )
    return jnp.broadcast_to(jnp.asarray(ridge, dtype=diagonal.dtype), batch)


def as_labels(labels: ArrayLike | Array, n: int, dtype: jnp.dtype) -> Array:
    """Labels of shape (n,), or (n, classes), all +1 or -1.

    Raises:
        ValueError: If there are not n of them or one is neither +1 nor -1.
    """
    values = jnp.asarray(labels)
    if values.ndim not in (1, 2) or len(values) != n:
        raise ValueError(
            f"Expected {n} labels: shape ({n},), or ({n}, classes). Got shape {values.shape}."
        )
    if has_values(values) and not (np.abs(np.asarray(values)) == 1).all():
        raise ValueError(
            "Expected labels +1 or -1. "
            f"Got {np.unique(np.asarray(values))[:5].tolist()}. Try 2 * (labels == one_class) - 1."
        )
    return values.astype(dtype)


def cholesky(matrix: Array, *, what: str = "Gram matrix") -> Array:
    """The lower Cholesky factors of a stack of Hermitian matrices.

    Raises:
        ValueError: If one is singular or indefinite to the precision of its type.
    """
    factor = jnp.linalg.cholesky(matrix)
    if has_values(factor):
        pivots = np.square(np.real(np.asarray(jnp.diagonal(factor, axis1=-2, axis2=-1))))
        scale = np.real(np.asarray(jnp.diagonal(matrix, axis1=-2, axis2=-1))).max(-1, keepdims=True)
        floor = matrix.shape[-1] * np.finfo(pivots.dtype).eps * scale
        if not (pivots > floor).all():
            raise ValueError(
                f"Expected a positive definite {what}. Got one that is singular to the precision "
                f"of {pivots.dtype}. Try a larger ridge, such as relative_ridge(gram, 1e-10), and "
                "look for items that occur twice."
            )
    return factor


def warn_if_ill_conditioned(matrices: Sequence[Array], inverse_factors: Sequence[Array]) -> None:
    """Warn if the condition number of a block-diagonal system leaves fewer than four digits.

    Eigenvalues are estimated by a few power iterations, from below and good to a small factor, so
    that matrices of condition numbers well below the limit never warn.

    Args:
        matrices: Stacks of Hermitian blocks, of shape (..., k, n, n), with one batch shape.
        inverse_factors: L⁻¹ for the Cholesky factors LL* of them.
    """
    if not has_values(*matrices, *inverse_factors):
        return
    limit = _LARGEST_AMPLIFICATION / float(jnp.finfo(matrices[0].dtype).eps)
    systems = [np.asarray(matrix) for matrix in matrices]
    inverses = [np.asarray(inverse) for inverse in inverse_factors]
    # The traces of A and A⁻¹ bound the condition number from above, at no cost.
    traces = [np.trace(a, axis1=-2, axis2=-1).real.max(-1) for a in systems]
    inverse_traces = [np.square(np.abs(b)).sum((-2, -1)).max(-1) for b in inverses]
    if not (np.max(traces, axis=0) * np.max(inverse_traces, axis=0) > limit).any():
        return
    largest = [_largest_eigenvalue([a]) for a in systems]
    inverse_largest = [_largest_eigenvalue([b, np.swapaxes(b.conj(), -1, -2)]) for b in inverses]
    condition = float((np.max(largest, axis=0) * np.max(inverse_largest, axis=0)).max())
    if condition > limit:
        warnings.warn(
            f"Expected a condition number below {limit:.0e}, at which about four digits of a "
            f"result are left. Got about {condition:.0e}. Try a larger ridge, such as "
            "relative_ridge(gram, 1e-10).",
            IllConditionedWarning,
            stacklevel=3,
        )


def _largest_eigenvalue(factors: Sequence[np.ndarray]) -> np.ndarray:
    """The largest eigenvalue of the product of some matrices, over the last stack axis."""
    vector = np.random.default_rng(0).normal(size=(*factors[0].shape[:-1], 1))
    for _ in range(_POWER_ITERATIONS):
        vector = vector / np.linalg.norm(vector, axis=-2, keepdims=True)
        for factor in factors:
            vector = factor @ vector
    return np.asarray(np.linalg.norm(vector, axis=-2)[..., 0].max(-1))
