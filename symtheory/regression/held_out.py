"""Points that are left out of the training set, and what the others say there."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_gram, as_labels, on_host
from symtheory.regression.solving import factorize, like, predict, weights

__all__ = ["held_out_prediction", "leave_one_out_error", "leave_one_out_prediction"]


def held_out_prediction(
    gram: ArrayLike | Array,
    labels: ArrayLike | Array,
    held_out: int | ArrayLike,
    *,
    ridge: ArrayLike,
    real_labels: bool = False,
) -> Float[Array, "*shape"]:
    """Predictions at held-out points from all the others, by leaving them out and solving again.

    Args:
        gram: Among all n points, of shape (..., n, n).
        labels: +1 or -1, of shape (n,) or (n, classes); those of held-out points are not used.
        held_out: One index, or the indices of points that are left out together.
        ridge: Absolute, a scalar or of shape (...,).
        real_labels: Whether labels are any real numbers, as in regression proper, and not classes.

    Returns:
        Shape (..., [len(held_out)], [classes]).

    Raises:
        ValueError: As `predict`, or if held_out is empty, out of range, repeated, or everything.

    Warns:
        IllConditionedWarning: As `predict`.
    """
    gram = as_gram(gram)
    n = gram.shape[-1]
    try:
        indices = np.atleast_1d(np.asarray(held_out))
    except jax.errors.TracerArrayConversionError:
        raise ValueError(
            "Expected indices of held-out points, integers. Got a traced array. "
            "Try NumPy arrays, outside of jax.jit."
        ) from None
    except ValueError:  # lists of different lengths
        indices = np.asarray([[]])
    valid = indices.ndim == 1 and 0 < len(indices) < n and np.issubdtype(indices.dtype, np.integer)
    if not valid or not (indices >= 0).all() or not (indices < n).all():
        raise ValueError(
            f"Expected between 1 and {n - 1} indices of held-out points, in 0, …, {n - 1}. "
            f"Got {held_out!r}. Try 0."
        )
    if len(np.unique(indices)) < len(indices):
        raise ValueError(
            f"Expected different held-out points. Got {held_out!r}. "
            f"Try {np.unique(indices).tolist()}."
        )
    kept = np.setdiff1d(np.arange(n), indices)
    labels = as_labels(labels, n, gram.dtype, real=real_labels)
    matrix = on_host(gram)
    prediction = predict(
        matrix[..., kept[:, None], kept],
        matrix[..., indices[:, None], kept],
        on_host(labels)[kept],
        ridge=ridge,
        real_labels=real_labels,
    )
    return prediction if np.ndim(held_out) else jnp.squeeze(prediction, axis=gram.ndim - 2)


def leave_one_out_error(
    gram: ArrayLike | Array, labels: ArrayLike | Array, *, ridge: ArrayLike
) -> Float[Array, "*shape"]:
    """The error 1 - y_a ŷ_a at every point a, predicted from all the others.

    Above 1 exactly where the prediction has the wrong sign, negative where it overshoots. One
    factorization serves all points (Rasmussen and Williams 2006, equation 5.12):
    1 - y_a ŷ_a = y_a [(K + rI)⁻¹ y]_a / [(K + rI)⁻¹]_aa.

    Args:
        gram: Of shape (..., n, n).
        labels: +1 or -1, of shape (n,) or (n, classes). (Other numbers have no right sign: their
            error is the residual y - ŷ, for which subtract `leave_one_out_prediction`.)
        ridge: Absolute, a scalar or of shape (...,).

    Returns:
        Shape (..., n) or (..., n, classes).

    Raises:
        ValueError: As `predict`, or if a label is not ±1.

    Warns:
        IllConditionedWarning: As `predict`.
    """
    gram = as_gram(gram)
    labels = as_labels(labels, gram.shape[-1], gram.dtype)
    return _left_out(*factorize(gram, ridge), labels)[1]


def leave_one_out_prediction(
    gram: ArrayLike | Array,
    labels: ArrayLike | Array,
    *,
    ridge: ArrayLike,
    real_labels: bool = False,
) -> Float[Array, "*shape"]:
    """The prediction ŷ_a at every point a from all the others, as `leave_one_out_error`.

    Args:
        gram: Of shape (..., n, n).
        labels: +1 or -1, of shape (n,) or (n, classes).
        ridge: Absolute, a scalar or of shape (...,).
        real_labels: Whether labels are any real numbers, as in regression proper, and not classes.

    Returns:
        Shape (..., n) or (..., n, classes).

    Raises:
        ValueError: As `predict`.

    Warns:
        IllConditionedWarning: As `predict`.
    """
    gram = as_gram(gram)
    labels = as_labels(labels, gram.shape[-1], gram.dtype, real=real_labels)
    return _left_out(*factorize(gram, ridge), labels)[0]


@jax.jit
def _left_out(regularized: Array, inverse: Array, labels: Array) -> tuple[Array, Array]:
    """ŷ_a and y_a (y_a - ŷ_a), which is 1 - y_a ŷ_a for labels ±1, at every point."""
    diagonal = jnp.sum(jnp.square(inverse), axis=-2)  # of the inverse of K + rI
    columns = weights(regularized, inverse, labels) / diagonal[..., None]
    residual = like(columns, labels)
    return labels - residual, labels * residual
