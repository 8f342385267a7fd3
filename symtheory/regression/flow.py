"""Training for a finite time, at infinite width."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import (
    LARGEST_AMPLIFICATION,
    IllConditionedWarning,
    as_gram,
    as_labels,
    ensure,
    has_values,
    poison,
    uncopied,
    warn,
)
from symtheory.regression.solving import as_columns, as_cross, like

__all__ = ["gradient_flow"]

_TERMS = 18  # of a series in which term k is at most 1/(k + 1)!


def gradient_flow(
    gram: ArrayLike | Array,
    cross: ArrayLike | Array,
    labels: ArrayLike | Array,
    *,
    time: ArrayLike,
    real_labels: bool = False,
) -> Float[Array, "*shape"]:
    """Predictions after training for a finite time, cross K⁻¹ (I - exp(-Kt/n)) y.

    Gradient flow on half of the mean squared error over n training points, at infinite width,
    averaged over initializations (Jacot, Gabriel, Hongler 2018; Lee et al. 2019, equation 15). As
    the time grows it tends to what `predict` gives without a ridge; where K is singular, to the
    solution of least norm. Eigenvalues below n·ε times the largest, with ε the precision of the
    type, are rounding and count as 0: their eigenvectors are never learned, nor do they reach new
    points.

    Args:
        gram: Among the n training points, of shape (..., n, n).
        cross: Between n' new points and the training points, of shape (..., n', n).
        labels: y, +1 or -1, of shape (n,) or (n, classes).
        time: ≥ 0, infinity included, in units of one over the kernel. A scalar, or an array of
            times, all from one decomposition.
        real_labels: Whether labels are any real numbers, as in regression proper, and not classes.

    Returns:
        Shape (*times, ..., n') or (*times, ..., n', classes), with *times the shape of the time.

    Raises:
        ValueError: If shapes do not match, a value is not finite, a label is not ±1, a time is
            negative, or the Gram matrix has an eigenvalue that is.

    Warns:
        IllConditionedWarning: If so much time has passed that eigenvalues matter which rounding
            leaves fewer than about four digits, as those below 10⁻¹² times the largest in double
            precision. Not where it is traced, as in ``jax.jit``.
    """
    gram = as_gram(gram)
    cross = as_cross(cross, gram)
    labels = as_labels(labels, gram.shape[-1], gram.dtype, real=real_labels)
    rate = _as_time(time, gram.dtype) / gram.shape[-1]
    return _at(cross, _weights(gram, as_columns(labels), rate), labels)


@jax.jit
def _at(cross: Array, weights: Array, labels: Array) -> Array:
    return like(cross @ weights, labels)


@jax.custom_jvp
def _weights(gram: Array, columns: Array, rate: Array) -> Array:
    """g(K) y with g(λ) = (1 - exp(-λr))/λ, for all r: of shape (*rates, ..., n, classes)."""
    eigenvalues, vectors, kept, rate = _decomposed(gram, rate)
    gain = _gain(eigenvalues, kept, rate)
    _warn_of_small_eigenvalues(eigenvalues, gain)
    return _learned(vectors, gain, columns)


@_weights.defjvp
def _weights_jvp(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Array, Array]:
    """The derivative by the theorem of Daleckii and Krein (Higham 2008, theorem 3.11).

    It is finite where eigenvalues coincide, as those of an invariant Gram matrix do; that of the
    eigenvectors is not.
    """
    gram, columns, rate = primals
    return _with_change(*_decomposed(gram, rate), rate, columns, *tangents)


@jax.jit
def _with_change(
    eigenvalues: Array,
    vectors: Array,
    kept: Array,
    clipped: Array,
    rate: Array,
    columns: Array,
    d_gram: Array,
    d_columns: Array,
    d_rate: Array,
) -> tuple[Array, Array]:
    """g(K) y and how it changes with K, y and r."""
    gain = _gain(eigenvalues, kept, clipped)
    turned = jnp.swapaxes(vectors, -1, -2)
    inner = turned @ columns
    change = _divided_difference(eigenvalues, kept, gain, clipped) * (turned @ d_gram @ vectors)
    # g depends on r by exp(-λr), which at r = ∞ is 0 in spite of dr.
    slope = jnp.where(kept, jnp.exp(-eigenvalues * clipped[..., None]), 0.0)
    # One rate is that of all matrices of a batch, whose axes come after those of the rates.
    batch = (1,) * (clipped.ndim - rate.ndim)
    speed = jnp.where(jnp.isfinite(rate), d_rate, 0.0).reshape(*rate.shape, *batch)[..., None]
    moved = change @ inner + gain[..., None] * (turned @ d_columns)
    moved = moved + (slope * speed)[..., None] * inner
    return vectors @ (gain[..., None] * inner), vectors @ moved


def _decomposed(gram: Array, rate: Array) -> tuple[Array, Array, Array, Array]:
    """Eigenvalues, eigenvectors, which of them are more than rounding, and rates, all finite."""
    eigenvalues, vectors, kept, clipped, positive = _eigenvectors(gram, rate)
    vectors = ensure(
        vectors,
        positive,
        lambda: (
            "Expected a Gram matrix without negative eigenvalues. "
            f"Got {eigenvalues.min():.2g}. Try checking that one kernel made all of it."
        ),
    )
    return eigenvalues, vectors, kept, clipped


@jax.jit
def _eigenvectors(gram: Array, rate: Array) -> tuple[Array, Array, Array, Array, Array]:
    """The same, and whether eigenvalues are ≥ 0."""
    eigenvalues, vectors = jnp.linalg.eigh(gram)
    n, epsilon = gram.shape[-1], float(jnp.finfo(gram.dtype).eps)
    largest = jnp.abs(eigenvalues).max(-1)
    floor = n * epsilon * largest
    # As much below 0 as entries may differ from those of their transpose.
    positive = eigenvalues[..., 0] >= -max(n, 1e3) * epsilon * largest
    # Beyond a thousand times 1/floor all is learned; a finite rate keeps derivatives finite.
    tiny = float(jnp.finfo(gram.dtype).tiny)
    clipped = jnp.minimum(rate.reshape(*rate.shape, *(1,) * largest.ndim), 1e3 / (floor + tiny))
    return eigenvalues, vectors, eigenvalues > floor[..., None], clipped, positive


@jax.jit
def _learned(vectors: Array, gain: Array, columns: Array) -> Array:
    """g(K) y, by eigenvectors and g(λ)."""
    return vectors @ (gain[..., None] * (jnp.swapaxes(vectors, -1, -2) @ columns))


@jax.jit
def _gain(eigenvalues: Array, kept: Array, rate: Array) -> Array:
    """(1 - exp(-λr))/λ where λ is kept, else 0."""
    safe = jnp.where(kept, eigenvalues, 1.0)
    return jnp.where(kept, -jnp.expm1(-safe * rate[..., None]) / safe, 0.0)


def _divided_difference(eigenvalues: Array, kept: Array, gain: Array, rate: Array) -> Array:
    """(g(λ) - g(μ))/(λ - μ) for all pairs, and g'((λ + μ)/2) where they are close."""
    one, other = eigenvalues[..., :, None], eigenvalues[..., None, :]
    both = kept[..., :, None] & kept[..., None, :]
    # Where one of them is 0 by the floor.
    one = jnp.where(kept[..., :, None], one, 0.0)
    other = jnp.where(kept[..., None, :], other, 0.0)
    difference, sum_ = one - other, one + other
    # The middle is off by the square of what rounding over the difference is off by.
    close = jnp.abs(difference) <= float(jnp.finfo(gain.dtype).eps) ** (1 / 3) * sum_
    ratio = (gain[..., :, None] - gain[..., None, :]) / jnp.where(close, 1.0, difference)
    # At short times both gains are nearly r, and their difference is rounding.
    rate = rate[..., None, None]
    short = both & (sum_ * rate <= 1)
    middle = jnp.where(both & ~short, sum_ / 2, 1.0)
    x = jnp.where(short, 1.0, middle * rate)
    derivative = -(1 - (1 + x) * jnp.exp(-x)) / jnp.square(middle)
    later = jnp.where(close, jnp.where(both, derivative, 0.0), ratio)
    brief = jnp.where(short, rate, 0.0)
    return jnp.where(short, jnp.square(brief) * _at_short_times(one * brief, other * brief), later)


def _at_short_times(x: Array, y: Array) -> Array:
    """The divided difference of (1 - exp(-x))/x, by its series: to rounding where x + y ≤ 1."""
    total, power, sum_ = jnp.zeros_like(x), jnp.ones_like(x), jnp.ones_like(x)
    for k in range(1, _TERMS):
        total = total + (-1) ** k * sum_ / math.factorial(k + 1)
        power = power * x
        sum_ = power + y * sum_  # xᵏ + xᵏ⁻¹y + … + yᵏ
    return total


def _as_time(time: ArrayLike, dtype: jnp.dtype) -> Array:
    """Times ≥ 0, infinity included."""
    values = jnp.asarray(uncopied(time, "time")).astype(dtype)
    if not has_values(values):
        return poison(values, values >= 0)
    return ensure(
        values,
        np.asarray(values) >= 0,
        lambda: f"Expected times ≥ 0. Got {np.asarray(values).min()}. Try jnp.inf for the end.",
    )


def _warn_of_small_eigenvalues(eigenvalues: Array, gain: Array) -> None:
    if not has_values(eigenvalues, gain) or not gain.size:
        return
    limit = LARGEST_AMPLIFICATION / float(jnp.finfo(gain.dtype).eps)
    amplification = float((np.asarray(gain).max(-1) * np.asarray(eigenvalues).max(-1)).max())
    if amplification > limit:
        warn(
            f"Expected that no eigenvalue below {1 / limit:.0e} times the largest has been "
            "learned, at which about four digits of a result are left. "
            f"Got one of about {1 / amplification:.0e} times the largest. Try shorter times, or "
            "symtheory.regression.predict with a ridge.",
            IllConditionedWarning,
        )
