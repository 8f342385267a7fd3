"""Predictions at new points, and how uncertain they are."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import (
    as_gram,
    as_labels,
    as_number,
    as_real_array,
    as_ridge,
    ensure,
    has_values,
    inverse_factor,
    warn_if_ill_conditioned,
)

__all__ = [
    "as_columns",
    "as_cross",
    "factorize",
    "like",
    "predict",
    "predictive_variance",
    "relative_ridge",
    "weights",
]


def relative_ridge(gram: ArrayLike | Array, r: float) -> Float[Array, "*batch"]:
    """The absolute ridge r · trace(gram).

    Compute it from the Gram matrix of the full orbits, also where points are held out, so that the
    exact and the spectral error share one ridge.

    Args:
        gram: Of shape (..., n, n).
        r: The ridge as a fraction of the trace, without unit, ≥ 0.

    Returns:
        Shape (...,).

    Raises:
        ValueError: If gram is no Gram matrix, or r no such number.
    """
    gram = as_gram(gram)
    xp = np if has_values(gram) else jnp
    trace = xp.trace(xp.asarray(gram), axis1=-2, axis2=-1)
    return jnp.asarray(as_number(r, "r", minimum=0) * trace)


def predict(
    gram: ArrayLike | Array,
    cross: ArrayLike | Array,
    labels: ArrayLike | Array,
    *,
    ridge: ArrayLike,
    real_labels: bool = False,
) -> Float[Array, "*shape"]:
    """Predictions at new points, cross (K + ridge I)⁻¹ y.

    Args:
        gram: Among the n training points, of shape (..., n, n).
        cross: Between n' new points and the training points, of shape (..., n', n).
        labels: y, +1 or -1, of shape (n,) or (n, classes).
        ridge: Absolute, a scalar or of shape (...,).
        real_labels: Whether labels are any real numbers, as in regression proper, and not classes.

    Returns:
        Shape (..., n') or (..., n', classes).

    Raises:
        ValueError: If shapes do not match, a value is not finite, a label is not ±1, or the matrix
            is singular to its precision.

    Warns:
        IllConditionedWarning: If the condition number leaves fewer than about four digits, which in
            double precision is beyond 10¹².
    """
    gram = as_gram(gram)
    cross = as_cross(cross, gram)
    labels = as_labels(labels, gram.shape[-1], gram.dtype, real=real_labels)
    regularized, inverse = factorize(gram, ridge)
    return _predicted(cross, regularized, inverse, labels)


@jax.jit
def _predicted(cross: Array, regularized: Array, inverse: Array, labels: Array) -> Array:
    return like(cross @ weights(regularized, inverse, labels), labels)


def predictive_variance(
    gram: ArrayLike | Array,
    cross: ArrayLike | Array,
    prior: ArrayLike | Array,
    *,
    ridge: ArrayLike,
) -> Float[Array, "*shape"]:
    """How uncertain the predictions at new points are: k(x,x) - k(x)ᵀ (K + ridge I)⁻¹ k(x).

    The posterior variance of a Gaussian process with this kernel and noise of variance ridge on the
    training labels (Rasmussen and Williams 2006, equation 2.26): of the function, without noise on
    the new point. It does not depend on the labels.

    Args:
        gram: Among the n training points, of shape (..., n, n).
        cross: Between n' new points and the training points, of shape (..., n', n).
        prior: k(x,x) at the new points, of shape (..., n').
        ridge: Absolute, a scalar or of shape (...,).

    Returns:
        Shape (..., n'), ≥ 0, in the units of the kernel.

    Raises:
        ValueError: As `predict`, or if the variance is negative beyond rounding, as with a prior
            and a cross-Gram matrix of different kernels.

    Warns:
        IllConditionedWarning: As `predict`.
    """
    gram = as_gram(gram)
    cross = as_cross(cross, gram)
    prior = as_real_array(prior, "prior").astype(gram.dtype)
    if prior.shape != cross.shape[:-1]:
        raise ValueError(
            f"Expected k(x,x) of each new point, of shape {cross.shape[:-1]}. "
            f"Got shape {prior.shape}. Try jnp.diagonal(kernel(x_new))."
        )
    _, inverse = factorize(gram, ridge)
    variance = _unexplained(cross, inverse, prior)
    xp = np if has_values(variance, prior) else jnp
    # Where fewer digits than these are left, there is an IllConditionedWarning.
    ok = xp.asarray(variance) >= -1e-3 * xp.abs(xp.asarray(prior))
    return ensure(
        jnp.maximum(variance, 0),
        ok,
        lambda: (
            f"Expected a variance ≥ 0. Got one of {float(variance.min()):.2g}. "
            "Try one kernel for gram, cross and prior, and the same preparation of all points."
        ),
    )


@jax.jit
def _unexplained(cross: Array, inverse: Array, prior: Array) -> Array:
    return prior - jnp.sum(jnp.square(inverse @ jnp.swapaxes(cross, -1, -2)), axis=-2)


def as_cross(cross: ArrayLike | Array, gram: Array) -> Array:
    """A cross-Gram matrix that fits a Gram matrix, of its type.

    Raises:
        ValueError: If it does not fit, or a value is not finite.
    """
    cross = as_real_array(cross, "cross-Gram matrix").astype(gram.dtype)
    batch = gram.shape[:-2]
    if cross.ndim < 2 or cross.shape[-1] != gram.shape[-1] or cross.shape[:-2] not in ((), batch):
        raise ValueError(
            f"Expected cross of shape (..., n', {gram.shape[-1]}), one column for each training "
            f"point, with the batch {batch} of the Gram matrix. Got shape {cross.shape}. "
            "Try kernel(x_new, x_train)."
        )
    return cross


def factorize(gram: Array, ridge: ArrayLike) -> tuple[Array, Array]:
    """K + rI, and L⁻¹ for its Cholesky factor L, so that its inverse is (L⁻¹)ᵀ L⁻¹."""
    xp = np if has_values(gram) else jnp
    ridge = as_ridge(ridge, xp.diagonal(xp.asarray(gram), axis1=-2, axis2=-1))
    regularized = _regularized(gram, ridge)
    inverse = inverse_factor(regularized)
    if has_values(inverse):
        whole, factor = (np.asarray(a)[..., None, :, :] for a in (regularized, inverse))
        warn_if_ill_conditioned([whole], [factor])
    return regularized, inverse


@jax.jit
def _regularized(gram: Array, ridge: Array) -> Array:
    return gram + ridge[..., None, None] * jnp.eye(gram.shape[-1], dtype=gram.dtype)


@jax.jit
def weights(regularized: Array, inverse: Array, labels: Array) -> Array:
    """(K + rI)⁻¹ y, one column for each class.

    Labels that are constant on orbits are nearly an eigenvector of a large eigenvalue, and their
    weights are small beside the inverse; one step of iterative refinement wins back the two digits
    that this costs (Golub and Van Loan 2013, section 3.5.3).
    """

    def apply_inverse(columns: Array) -> Array:
        return jnp.swapaxes(inverse, -1, -2) @ (inverse @ columns)

    columns = as_columns(labels)
    first = apply_inverse(columns)
    return first + apply_inverse(columns - regularized @ first)


def as_columns(labels: Array) -> Array:
    """Labels of one or of several classes, one column for each."""
    return labels[:, None] if labels.ndim == 1 else labels


def like(columns: Array, labels: Array) -> Array:
    """Columns as the labels had them: none where there was one class only."""
    return columns[..., 0] if labels.ndim == 1 else columns
