"""Gram matrices, ridges and labels, and whether the system that they make can be solved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.scipy.linalg import solve_triangular
from numpy.typing import ArrayLike
from scipy.linalg import get_lapack_funcs

from symtheory._checks.arrays import (
    as_real_array,
    as_real_values,
    ensure,
    has_values,
    poison,
    uncopied,
)
from symtheory._checks.warned import IllConditionedWarning, warn

# Rounding of relative size eps is amplified by the condition number κ; at this product about four
# digits of a result are left. In double precision it is reached at κ = 10¹².
LARGEST_AMPLIFICATION = 1e12 * float(np.finfo(np.float64).eps)
_POWER_ITERATIONS = 12
_STRIP = 256
_LARGE = 100  # rows, from which on compiling for each shape takes longer than a loop of Python


def as_gram(gram: ArrayLike | Array) -> Array:
    """A stack of square, symmetric, finite matrices, of shape (..., n, n).

    Raises:
        ValueError: If it is none.
    """
    return as_real_array(uncopied_gram(gram), "Gram matrix")


def uncopied_gram(gram: ArrayLike | Array) -> np.ndarray | Array:
    """The same, of the library that it came from, and without temporary arrays of its size.

    Raises:
        ValueError: As `as_gram`.
    """
    matrix = uncopied(gram, "Gram matrix")
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or matrix.shape[-1] == 0:
        raise ValueError(
            f"Expected a Gram matrix of shape (..., n, n). Got shape {matrix.shape}. "
            "Try symtheory.kernels.gram(kernel, orbits)."
        )
    if isinstance(matrix, jax.core.Tracer):
        difference = jnp.abs(matrix - jnp.swapaxes(matrix, -1, -2)).max((-1, -2))
        largest = jnp.abs(matrix).max((-1, -2))
        # Comparisons with NaN are False, so what is not finite is poisoned as well.
        return poison(matrix, difference <= _asymmetry(matrix.dtype) * largest)
    values = np.asarray(matrix)
    scale = _in_strips(values, lambda strip, _: np.abs(strip))
    as_real_values(scale, "Gram matrix")
    gap = _in_strips(values, lambda strip, turned: np.abs(strip - turned))
    if (gap > _asymmetry(jax.dtypes.canonicalize_dtype(values.dtype)) * scale).any():
        rounding = (gap <= _asymmetry(np.float32) * scale).all()
        raise ValueError(
            "Expected a symmetric Gram matrix. "
            f"Got one with K[a, b] - K[b, a] up to {gap.max():.2g}, beside entries up to "
            f"{scale.max():.2g}. Try "
            + (
                "gram = (gram + gram.swapaxes(-1, -2)) / 2, if that is rounding in float32."
                if rounding
                else "the kernel of each pair of items in either order, or the order of the axes."
            )
        )
    return matrix


def as_ridge(
    ridge: ArrayLike | Array, diagonal: np.ndarray | Array, *, what: str = "Gram matrix"
) -> Array:
    """A ridge that the precision of the matrix can resolve, with the matrix's batch shape.

    Args:
        ridge: A scalar, or one value for each matrix of the batch.
        diagonal: The diagonals of the matrices, of shape (..., n).
        what: The name of the matrix in errors.

    Raises:
        ValueError: If it is negative, of another shape, or below what rounding leaves.
    """
    batch = diagonal.shape[:-1]
    # In double precision even without x64, so that a ridge that is lost there is not 0 here.
    known = has_values(ridge)
    values: Any = as_real_values(ridge, "ridge") if known else as_real_array(ridge, "ridge")
    if values.shape != () and values.shape != batch:
        raise ValueError(
            f"Expected one ridge, or one for each {what}: shape () or {batch}. "
            f"Got shape {values.shape}. Try a scalar."
        )
    xp: Any = np if known else jnp
    result = jnp.asarray(xp.broadcast_to(values.astype(diagonal.dtype), batch))
    result = ensure(
        result,
        values >= 0,
        lambda: f"Expected a ridge ≥ 0. Got {values.min():g}. Try relative_ridge(gram, 1e-10).",
    )
    if diagonal.dtype == jnp.float64:
        return result
    # The last digit of the largest eigenvalue, which is at most the trace.
    xp = np if has_values(diagonal) else jnp
    resolution = float(jnp.finfo(diagonal.dtype).eps) * xp.abs(xp.asarray(diagonal)).sum(-1)
    return ensure(
        result,
        (values == 0) | (values >= resolution),
        lambda: (
            f"Expected a ridge that {diagonal.dtype} can resolve beside this {what}, at least "
            f"{resolution.max():.1e}. Got {values.min():.1e}. "
            'Try jax.config.update("jax_enable_x64", True) before making any array.'
        ),
    )


def as_labels(
    labels: ArrayLike | Array, n: int, dtype: jnp.dtype, *, real: bool | None = None
) -> Array:
    """Labels of shape (n,), or (n, classes), all +1 or -1.

    Args:
        labels: What a user handed in.
        n: How many.
        dtype: What they become.
        real: Whether any finite numbers will do; None where nobody may ask for it.

    Raises:
        ValueError: If there are not n of them or one is neither +1 nor -1.
    """
    values = as_real_array(labels, "labels")
    if values.ndim not in (1, 2) or len(values) != n:
        raise ValueError(
            f"Expected {n} labels: shape ({n},), or ({n}, classes). Got shape {values.shape}. "
            "Try one for each point, or in symtheory.spectral one for each orbit."
        )
    values = values.astype(dtype)
    if real:
        return values
    xp = np if has_values(values) else jnp
    also = "" if real is None else ", or real_labels=True where they are any numbers"
    return ensure(
        values,
        xp.abs(xp.asarray(values)) == 1,
        lambda: (
            f"Expected labels +1 or -1. Got {np.unique(np.asarray(values))[:5].tolist()}. "
            f"Try 2 * (labels == one_class) - 1{also}."
        ),
    )


def inverse_factor(matrix: Array, *, what: str = "Gram matrix") -> Array:
    """L⁻¹ for the Cholesky factors LL* of a stack of Hermitian matrices A, so A⁻¹ = (L⁻¹)*L⁻¹.

    Raises:
        ValueError: If one is singular or indefinite to the precision of its type.
    """
    return _factored(matrix, largest_diagonal(matrix), what)


def inverse_factors(parts: Sequence[Array], *, what: str = "Gram matrix") -> list[Array]:
    """The same of the blocks of one matrix, of shapes (..., k, n, n).

    Rounding is relative to the largest of them: beside it, a small block may be nothing else.

    Raises:
        ValueError: If one is singular or indefinite beside the others.
    """
    largest = reduce(jnp.maximum, (largest_diagonal(part).max(-1) for part in parts))
    return [_factored(part, largest[..., None], what) for part in parts]


def largest_diagonal(matrix: Array) -> Array:
    """The largest diagonal entry of each matrix of a stack (..., n, n): shape (...,)."""
    return jnp.diagonal(matrix, axis1=-2, axis2=-1).real.max(-1)


def _factored(matrix: Array, largest: Array, what: str) -> Array:
    large = has_values(matrix) and matrix.shape[-1] >= _LARGE
    inverse, positive = (_one_by_one if large else _inverse_factor)(matrix, largest)
    return ensure(
        inverse,
        positive,
        lambda: (
            f"Expected a positive definite {what}. Got one that is singular to the precision "
            f"of {jnp.finfo(matrix.dtype).dtype}. Try a larger ridge, such as "
            "relative_ridge(gram, 1e-10), and look for items that occur twice."
        ),
    )


@jax.jit
def _inverse_factor(matrix: Array, largest: Array) -> tuple[Array, Array]:
    """L⁻¹, and whether the matrix is positive definite to its precision, beside an entry."""
    factor = jnp.linalg.cholesky(matrix)
    identity = jnp.broadcast_to(jnp.eye(matrix.shape[-1], dtype=matrix.dtype), matrix.shape)
    pivots = jnp.diagonal(factor, axis1=-2, axis2=-1).real
    inverse = solve_triangular(factor, identity, lower=True)
    return inverse, _above_rounding(pivots, largest)


def _one_by_one(stack: Array, largest: Array) -> tuple[Array, np.ndarray]:
    """The same, where there are values, by LAPACK.

    Nothing is compiled, and to invert a triangle takes a third of the multiplications that solving
    for the inverse does.
    """
    matrices = np.asarray(stack)
    beside = np.broadcast_to(np.asarray(largest), matrices.shape[:-2])
    root, invert = get_lapack_funcs(("potrf", "trtri"), (matrices,))
    inverses, positive = np.full_like(matrices, np.nan), np.zeros(matrices.shape[:-2], dtype=bool)
    for place in np.ndindex(positive.shape):
        # The transpose is stored as Fortran has it, and has Lᵀ as its upper factor.
        factor, failed = root(matrices[place].T, lower=False)
        if failed:
            continue
        positive[place] = _above_rounding(np.diagonal(factor).real, beside[place])
        inverses[place] = invert(factor, lower=False, overwrite_c=True)[0].T
    return jnp.asarray(inverses), positive


def _above_rounding(pivots: Any, largest: Any) -> Any:
    """Whether the pivots of factors, (..., n), are more than rounding leaves of entries, (...,)."""
    floor = pivots.shape[-1] * float(jnp.finfo(pivots.dtype).eps) * largest
    return (pivots**2 > floor[..., None]).all(-1)


def warn_if_ill_conditioned(
    matrices: Sequence[np.ndarray | Array], inverse_factors: Sequence[np.ndarray | Array]
) -> None:
    """Warn if the condition number of a block-diagonal system leaves fewer than four digits.

    Eigenvalues are estimated by a few power iterations, from below and good to a small factor, so
    that matrices of condition numbers well below the limit never warn.

    Args:
        matrices: Stacks of Hermitian blocks, of shape (..., k, n, n), with one batch shape.
        inverse_factors: L⁻¹ for the Cholesky factors LL* of them.
    """
    if not has_values(*matrices, *inverse_factors):
        return
    limit = LARGEST_AMPLIFICATION / float(jnp.finfo(matrices[0].dtype).eps)
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
        warn(
            f"Expected a condition number below {limit:.0e}, at which about four digits of a "
            f"result are left. Got about {condition:.0e}. Try a larger ridge, such as "
            "relative_ridge(gram, 1e-10).",
            IllConditionedWarning,
        )


def _largest_eigenvalue(factors: Sequence[np.ndarray]) -> np.ndarray:
    """The largest eigenvalue of the product of some matrices, over the last stack axis."""
    vector = np.random.default_rng(0).normal(size=(*factors[0].shape[:-1], 1))
    for _ in range(_POWER_ITERATIONS):
        vector = vector / np.linalg.norm(vector, axis=-2, keepdims=True)
        for factor in factors:
            vector = factor @ vector
    return np.asarray(np.linalg.norm(vector, axis=-2)[..., 0].max(-1))


def _asymmetry(dtype: np.dtype | type) -> float:
    """How much K[a, b] and K[b, a] may differ by rounding, beside the largest entry."""
    return 1e3 * float(np.finfo(dtype).eps)


def _in_strips(
    values: np.ndarray, size: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> np.ndarray:
    """The largest size in each matrix of a stack, from strips of it and of its transpose."""
    turned = np.swapaxes(values, -1, -2)
    strips = [np.s_[..., start : start + _STRIP, :] for start in range(0, values.shape[-1], _STRIP)]
    sizes = [size(values[s], turned[s]).max((-1, -2)) for s in strips]
    return np.asarray(np.max(sizes, axis=0))
