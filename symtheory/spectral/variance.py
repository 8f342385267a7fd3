"""How far the error of one network is from the mean over random starts."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_ridge, ensure, inverse_factors, warn_if_ill_conditioned
from symtheory.groups import FiniteGroup
from symtheory.spectral.blocks import fourier_blocks
from symtheory.spectral.invariance import read_rows
from symtheory.spectral.rows import FirstRows, diagonal_of

__all__ = ["error_variance"]


def error_variance(
    gram: ArrayLike | Array | FirstRows,
    start: ArrayLike | Array | FirstRows,
    group: FiniteGroup,
    *,
    ridge: ArrayLike,
) -> Float[Array, "*shape"]:
    """The variance over random starts of the error at an unseen point of each orbit.

    An infinitely wide network starts at a function f₀ that is Gaussian, with the NNGP as its
    covariance Σ, and ends, by gradient flow without a ridge or with a penalty of r/2 on the squared
    distance of the weights from their start, at kernel regression of y - f₀ with the NTK, plus f₀.
    Its error is Gaussian. The mean over starts is the `spectral_error`, and the variance, with Λ_ρ
    the Fourier blocks of the NTK plus r and Σ_ρ those of the NNGP,

        σ_i² = ⟨Λ⁻¹ΣΛ⁻¹⟩_ii / ⟨Λ⁻¹⟩_ii²,    ⟨B⟩_ii = (1/|G|) Σ_ρ d_ρ tr[(B_ρ)_ii].

    Labels do not matter. One network is right with the probability Φ((1-ε_i)/σ_i). It is proved in
    the chapter on one network. Both matrices are averaged over the group first.

    Args:
        gram: The NTK of m orbits, of shape (..., m|G|, m|G|), or `FirstRows` of shape
            (..., m, m, |G|).
        start: The covariance of f₀, as that of `symtheory.ntk.MLPKernel(kind="nngp")`, of the
            same m orbits, in either form.
        group: As `spectral_error`.
        ridge: r, absolute, a scalar or of shape (...,).

    Returns:
        σ², in units of the squared error, of shape (..., m).

    Raises:
        ValueError: As `spectral_error`, or if the two matrices are of different shapes or types, or
            the start is no covariance: a variance would be negative.

    Warns:
        IllConditionedWarning: As `spectral_error`, of the NTK.
        SymmetryWarning: If one of the matrices is not invariant.
    """
    rows, covariance = read_rows(gram, group), read_rows(start, group)
    if rows.shape != covariance.shape or rows.dtype != covariance.dtype:
        raise ValueError(
            "Expected the NTK and the covariance of the start on the same items, in one precision. "
            f"Got first rows of shape {rows.shape} ({rows.dtype}) and {covariance.shape} "
            f"({covariance.dtype}). Try gram(MLPKernel(), orbits) and "
            'gram(MLPKernel(kind="nngp"), orbits).'
        )
    parts = fourier_blocks(rows, group, as_ridge(ridge, diagonal_of(rows)))
    starts = fourier_blocks(covariance, group, jnp.zeros(rows.shape[:-3], rows.dtype))
    inverses = inverse_factors([part.blocks for part in parts])
    warn_if_ill_conditioned([part.blocks for part in parts], inverses)
    variance, rounding = _variance(
        inverses,
        [part.blocks for part in starts],
        [part.weight / group.order for part in parts],
        jnp.zeros(rows.shape[-2], rows.dtype),
    )
    return ensure(
        jnp.maximum(variance, 0),
        variance >= -rounding,
        lambda: (
            "Expected a covariance as the start, without negative eigenvalues. "
            f"Got a variance of {float(variance.min()):.2g}. "
            'Try gram(MLPKernel(kind="nngp"), orbits).'
        ),
    )


@jax.jit
def _variance(
    inverses: Sequence[Array], starts: Sequence[Array], shares: Sequence[Array], orbits: Array
) -> tuple[Array, Array]:
    """⟨Λ⁻¹ΣΛ⁻¹⟩_ii / ⟨Λ⁻¹⟩_ii² and how much of it may be rounding, from L⁻¹, Σ and d_ρ/|G|."""
    terms = []
    for half, start, share in zip(inverses, starts, shares, strict=True):
        inverse = jnp.conj(jnp.swapaxes(half, -1, -2)) @ half
        largest = jnp.abs(inverse)
        diagonals = (
            jnp.sum(jnp.square(jnp.abs(half)), axis=-2),
            jnp.sum(jnp.real(jnp.conj(inverse) * (start @ inverse)), axis=-2),
            jnp.sum(largest * (jnp.abs(start) @ largest), axis=-2),
        )
        means = [share @ diagonal for diagonal in diagonals]
        shape = (len(orbits), half.shape[-1] // len(orbits))  # -1 is not known of an empty batch
        terms.append([jnp.sum(a.reshape(*a.shape[:-1], *shape), axis=-1) for a in means])
    noise, variance, size = (jnp.sum(jnp.stack(term), axis=0) for term in zip(*terms, strict=True))
    rounding = 1e3 * float(jnp.finfo(orbits.dtype).eps) * size
    return variance / jnp.square(noise), rounding / jnp.square(noise)
