"""How far off the spectral error is where the symmetry is only approximate."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_gram, has_values, inverse_factor, warn_if_ill_conditioned
from symtheory.groups import FiniteGroup
from symtheory.spectral.errors import prepare
from symtheory.spectral.rows import average_rows, expand_rows

__all__ = ["error_bound"]


def error_bound(
    gram: ArrayLike | Array,
    group: FiniteGroup,
    *,
    ridge: ArrayLike,
    labels: ArrayLike | Array | None = None,
) -> Float[Array, "*shape"]:
    """How far an exact error may be from the spectral one, at any point of each orbit.

    With A = K + rI, Ā its average over the group, E = A - Ā and η = ‖Ā^(-1/2) E Ā^(-1/2)‖ < 1, the
    exact leave-one-out error ε_a at a point a of orbit i and the spectral error ε̄_i obey

        |ε_a - ε̄_i| ≤ η |ε̄_i| + (1+η)/(1-η) ‖Ā^(-1/2) E Ā⁻¹y‖ / √(Ā⁻¹)_aa.

    It is 0, to rounding, where the Gram matrix is invariant, and is proved in the chapter on the
    spectral error. It says how far the theory may be trusted, not how to do without it: matrices of
    size m|G| are factorized, at which cost exact errors can be had as well.

    Args:
        gram: Of m orbits, which need not be invariant, of shape (..., m|G|, m|G|).
        group: As `spectral_error`.
        ridge: As `spectral_error`.
        labels: As `spectral_error`.

    Returns:
        In units of the error, of shape (..., m) or (..., m, classes), as that of `spectral_error`:
        one bound serves all points of an orbit. Infinite where η ≥ 1, and nothing is known.

    Raises:
        ValueError: As `spectral_error`.

    Warns:
        IllConditionedWarning: As `spectral_error`. No symmetry is asked for, and none warned of.
    """
    gram = as_gram(gram)
    rows = average_rows(gram, group)
    labels, ridge = prepare(rows, group, labels, ridge)
    average = expand_rows(rows, group)
    regularized = _regularized(average, ridge)
    half = inverse_factor(regularized)
    if has_values(half):
        whole, factor = (np.asarray(a)[..., None, :, :] for a in (regularized, half))
        warn_if_ill_conditioned([whole], [factor])
    return _bound(half, gram - average, labels)


@jax.jit
def _regularized(average: Array, ridge: Array) -> Array:
    return average + ridge[..., None, None] * jnp.eye(average.shape[-1], dtype=average.dtype)


@jax.jit
def _bound(half: Array, asymmetry: Array, labels: Array) -> Array:
    """The bound, from L⁻¹ for the factor of Ā = LLᵀ, and E."""
    # In the coordinates of L⁻¹ Ā is the identity, and norms are those of Ā^(-1/2).
    changed = half @ asymmetry @ jnp.swapaxes(half, -1, -2)
    changed = (changed + jnp.swapaxes(changed, -1, -2)) / 2
    size = jnp.max(jnp.abs(jnp.linalg.eigvalsh(changed)), axis=-1)[..., None, None]  # η
    order = half.shape[-1] // len(labels)
    columns = labels[:, None] if labels.ndim == 1 else labels
    weighted = half @ jnp.repeat(columns, order, axis=0)
    moved = jnp.linalg.norm(changed @ weighted, axis=-2, keepdims=True)

    seeds = half[..., ::order]  # one point of each orbit, of shape (..., m|G|, m)
    diagonal = jnp.sum(jnp.square(seeds), axis=-2)[..., None]
    error = columns * (jnp.swapaxes(seeds, -1, -2) @ weighted) / diagonal
    known = jnp.where(size >= 1, 0.5, size)  # so that no gradient is of infinity
    bound = known * jnp.abs(error) + (1 + known) / (1 - known) * moved / jnp.sqrt(diagonal)
    bound = jnp.where(size >= 1, jnp.inf, bound)
    return bound[..., 0] if labels.ndim == 1 else bound
