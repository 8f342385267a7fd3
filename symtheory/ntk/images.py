"""Checks of the images that convolutional and attention kernels take."""

from __future__ import annotations

import jax.numpy as jnp
from jax import Array
from numpy.typing import ArrayLike


def as_images(
    x: ArrayLike | Array, y: ArrayLike | Array | None = None
) -> tuple[Array, Array | None]:
    """Images of floats, of shape (n, height, width[, channels]); y of the same type, or None.

    Raises:
        ValueError: If they are no images, or not of one shape.
    """
    x = _as_floats(x)
    if y is None:
        return x, None
    y = _as_floats(y).astype(x.dtype)
    if y.shape[1:] != x.shape[1:]:
        raise ValueError(f"Expected images of one shape. Got {x.shape[1:]} and {y.shape[1:]}.")
    return x, y


def _as_floats(x: ArrayLike | Array) -> Array:
    x = jnp.asarray(x)
    if x.ndim not in (3, 4):
        raise ValueError(
            "Expected images of shape (n, height, width) or (n, height, width, channels). "
            f"Got shape {x.shape}. Try x[None] for a single image, or x.reshape(-1, 28, 28)."
        )
    return x if jnp.issubdtype(x.dtype, jnp.floating) else x.astype(jnp.result_type(float))
