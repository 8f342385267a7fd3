"""Exact kernel regression, and its error at points that were held out.

With the ridge r on the diagonal, a training set with Gram matrix K and labels y predicts
k(x)ᵀ (K + rI)⁻¹ y at x: what an infinitely wide network trained to convergence on the squared loss
predicts on average over initializations (r → 0).
"""

from __future__ import annotations

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
    warn_if_ill_conditioned,
)


def relative_ridge(gram: ArrayLike | Array, r: float) -> Float[Array, "*batch"]:
    """The absolute ridge r · trace(gram).

    Compute it from the Gram matrix of the full orbits, also where points are held out, so that the
    exact and the spectral error share one ridge.

    Args:
        gram: Of shape (..., n, n).
        r: The ridge as a fraction of the trace, without unit.

    Returns:
        Shape (...,).
    """
    return r * jnp.trace(as_gram(gram), axis1=-2, axis2=-1)


def predict(
    gram: ArrayLike | Array,
    cross: ArrayLike | Array,
    labels: ArrayLike | Array,
    *,
    ridge: ArrayLike,
) -> Float[Array, "*shape"]:
    """Predictions at new points, cross (K + ridge I)⁻¹ y.

    Args:
        gram: Among the n training points, of shape (..., n, n).
        cross: Between n' new points and the training points, of shape (..., n', n).
        labels: +1 or -1, of shape (n,) or (n, classes).
        ridge: Absolute, a scalar or of shape (...,).

    Returns:
        Shape (..., n') or (..., n', classes).

    Raises:
        ValueError: If shapes do not match, a value is not finite, a label is not ±1, or the matrix
            is singular to its precision.

    Warns:
        IllConditionedWarning: If the condition number leaves fewer than about four digits, which in
            double precision is beyond 10¹².
    """
    gram, cross = as_gram(gram), _as_cross(cross, gram)
    labels = as_labels(labels, gram.shape[-1], gram.dtype)
    weights, _ = _solve(gram, labels, ridge)
    return _like(cross @ weights, labels)


def gradient_flow(
    gram: ArrayLike | Array,
    cross: ArrayLike | Array,
    labels: ArrayLike | Array,
    *,
    time: ArrayLike,
) -> Float[Array, "*shape"]:
    """Predictions after training for a finite time, cross K⁻¹ (I - exp(-Kt/n)) y.

    Gradient flow on half of the mean squared error over n training points, at infinite width,
    averaged over initializations (Jacot, Gabriel, Hongler 2018; Lee et al. 2019, equation 15). As
    the time grows it tends to what `predict` gives without a ridge.

    Args:
        gram: Among the n training points, of shape (..., n, n).
        cross: Between n' new points and the training points, of shape (..., n', n).
        labels: +1 or -1, of shape (n,) or (n, classes).
        time: ≥ 0, in units of one over the kernel.

    Returns:
        Shape (..., n') or (..., n', classes).

    Raises:
        ValueError: If shapes do not match, a value is not finite, a label is not ±1, or the time is
            negative.
    """
    gram, cross = as_gram(gram), _as_cross(cross, gram)
    labels = as_labels(labels, gram.shape[-1], gram.dtype)
    time = jnp.asarray(time, dtype=gram.dtype)
    if time.ndim or not time >= 0:
        raise ValueError(f"Expected a time ≥ 0. Got {time}.")
    eigenvalues, vectors = jnp.linalg.eigh(gram)
    rate = time / gram.shape[-1]
    # (1 - exp(-λt/n))/λ, which is t/n where λ is 0 or, by rounding, below.
    positive = eigenvalues > 0
    safe = jnp.where(positive, eigenvalues, 1.0)
    gain = jnp.where(positive, -jnp.expm1(-safe * rate) / safe, rate)
    weights = vectors @ (gain[..., None] * (jnp.swapaxes(vectors, -1, -2) @ _columns(labels)))
    return _like(cross @ weights, labels)


def held_out_prediction(
    gram: ArrayLike | Array,
    labels: ArrayLike | Array,
    held_out: int | ArrayLike,
    *,
    ridge: ArrayLike,
) -> Float[Array, "*shape"]:
    """Predictions at held-out points from all the others, by leaving them out and solving again.

    Args:
        gram: Among all n points, of shape (..., n, n).
        labels: +1 or -1, of shape (n,) or (n, classes); those of held-out points are not used.
        held_out: One index, or the indices of points that are left out together.
        ridge: Absolute, a scalar or of shape (...,).

    Returns:
        Shape (..., [len(held_out)], [classes]).

    Raises:
        ValueError: As `predict`, or if held_out is empty, out of range, repeated, or everything.
    """
    gram = as_gram(gram)
    n = gram.shape[-1]
    indices = np.atleast_1d(np.asarray(held_out))
    valid = indices.ndim == 1 and 0 < len(indices) < n and np.issubdtype(indices.dtype, np.integer)
    if not valid or not (indices >= 0).all() or not (indices < n).all():
        raise ValueError(
            f"Expected between 1 and {n - 1} indices of held-out points, in 0, …, {n - 1}. "
            f"Got {held_out!r}."
        )
    if len(np.unique(indices)) < len(indices):
        raise ValueError(f"Expected different held-out points. Got {held_out!r}.")
    kept = np.setdiff1d(np.arange(n), indices)
    labels = as_labels(labels, n, gram.dtype)
    prediction = predict(
        gram[..., kept[:, None], kept], gram[..., indices[:, None], kept], labels[kept], ridge=ridge
    )
    return prediction if np.ndim(held_out) else prediction.take(0, axis=gram.ndim - 2)


def leave_one_out_error(
    gram: ArrayLike | Array, labels: ArrayLike | Array, *, ridge: ArrayLike
) -> Float[Array, "*shape"]:
    """The error |y_a - ŷ_a| at every point a, predicted from all the others.

    One factorization serves all points (Rasmussen and Williams 2006, equation 5.12):
    y_a - ŷ_a = [(K + rI)⁻¹ y]_a / [(K + rI)⁻¹]_aa.

    Args:
        gram: Of shape (..., n, n).
        labels: +1 or -1, of shape (n,) or (n, classes).
        ridge: Absolute, a scalar or of shape (...,).

    Returns:
        Shape (..., n) or (..., n, classes).

    Raises:
        ValueError: As `predict`.
    """
    gram = as_gram(gram)
    labels = as_labels(labels, gram.shape[-1], gram.dtype)
    weights, inverse_diagonal = _solve(gram, labels, ridge)
    return _like(jnp.abs(weights / inverse_diagonal[..., None]), labels)


def _as_cross(cross: ArrayLike | Array, gram: Array) -> Array:
    cross = as_real_array(cross, "cross-Gram matrix")
    if cross.ndim < 2 or cross.shape[-1] != gram.shape[-1]:
        raise ValueError(
            f"Expected cross of shape (..., n', {gram.shape[-1]}), one column for each training "
            f"point. Got shape {cross.shape}. Try kernel(x_new, x_train)."
        )
    return cross


def _solve(gram: Array, labels: Array, ridge: ArrayLike) -> tuple[Array, Array]:
    """The weights (K + rI)⁻¹ y, one column for each class, and the diagonal of (K + rI)⁻¹.

    Labels that are constant on orbits are nearly an eigenvector of a large eigenvalue, and their
    weights are small beside the inverse; one step of iterative refinement wins back the two digits
    that this costs (Golub and Van Loan 2013, section 3.5.3).
    """
    ridge = as_ridge(ridge, jnp.diagonal(gram, axis1=-2, axis2=-1))
    identity = jnp.eye(gram.shape[-1], dtype=gram.dtype)
    regularized = gram + ridge[..., None, None] * identity
    factor = cholesky(regularized)
    inverse = solve_triangular(factor, jnp.broadcast_to(identity, factor.shape), lower=True)
    warn_if_ill_conditioned([regularized[..., None, :, :]], [inverse[..., None, :, :]])

    def apply_inverse(columns: Array) -> Array:
        return jnp.swapaxes(inverse, -1, -2) @ (inverse @ columns)

    columns = _columns(labels)
    weights = apply_inverse(columns)
    weights = weights + apply_inverse(columns - regularized @ weights)
    return weights, jnp.sum(jnp.square(inverse), axis=-2)


def _columns(labels: Array) -> Array:
    return labels[:, None] if labels.ndim == 1 else labels


def _like(columns: Array, labels: Array) -> Array:
    return columns[..., 0] if labels.ndim == 1 else columns
