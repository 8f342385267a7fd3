"""What networks are given: items and targets, in the precision that they compute in."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_real_array, has_values

__all__ = ["as_floats", "as_image", "as_items", "precision"]


def precision(model: Any) -> np.dtype | None:
    """The type of the first array of floats in a network, or None if there is none."""
    for leaf in jax.tree.leaves(model):
        some = isinstance(leaf, jax.ShapeDtypeStruct) or eqx.is_array(leaf)
        if some and jnp.issubdtype(leaf.dtype, jnp.inexact):
            return np.dtype(leaf.dtype)
    return None


def as_items(values: ArrayLike | Array, name: str, dtype: np.dtype | None) -> Array:
    """Floats in a precision, as `as_floats`; integers, such as classes, as they are."""
    given = as_real_array(values, name) if has_values(values) else jnp.asarray(values)
    kind = values if isinstance(values, Array) else np.asarray(values)
    if jnp.issubdtype(kind.dtype, jnp.inexact):
        return as_floats(given, name, given.dtype if dtype is None else dtype)
    return jnp.asarray(values)


def as_floats(values: ArrayLike | Array, name: str, dtype: np.dtype) -> Array:
    """Finite numbers in a precision; inside `jax.jit`, converted and not looked at.

    Raises:
        ValueError: If they are no finite real numbers, or beyond the range of the precision.
    """
    if not has_values(values):
        return jnp.asarray(values, dtype)
    array = as_real_array(values, name).astype(dtype)
    if has_values(array) and not np.isfinite(np.asarray(array)).all():
        raise ValueError(
            f"Expected {name} within the range of {dtype}, the precision of the model. "
            "Got larger ones. Try normalizing them."
        )
    return array


def as_image(x: ArrayLike | Array, image_shape: tuple[int, ...], dtype: np.dtype) -> Array:
    """One image in a precision, of shape (height, width, channels).

    Args:
        x: Of ``image_shape``.
        image_shape: (height, width), which is one channel, or (height, width, channels).
        dtype: The precision.

    Raises:
        ValueError: If it has another shape, or as `as_floats`.
    """
    image = as_floats(x, "image", dtype)
    if image.shape != image_shape:
        raise ValueError(
            f"Expected one image of the network's image_shape, {image_shape}. "
            f"Got shape {image.shape}. Try jax.vmap(network)(images) for several, or a network "
            "of another image_shape."
        )
    return image if image.ndim == 3 else image[..., None]
