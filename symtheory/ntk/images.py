"""The images that convolutional and attention kernels take."""

from __future__ import annotations

from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_real_array, in_shape

__all__ = ["as_images"]


def as_images(
    x: ArrayLike | Array, y: ArrayLike | Array | None = None
) -> tuple[Array, Array | None]:
    """Images of floats, of shape (n, height, width, channels); one channel where there is no axis.

    The number of axes says whether there are channels: the first is always that of images.

    Args:
        x: Of shape (n, height, width) or (n, height, width, channels).
        y: Images of the same shape, or None.

    Returns:
        Both, in the precision of x; None for None.

    Raises:
        ValueError: If they are no images, or not of one shape.
    """
    x = _as_floats(x)
    if y is None:
        return _with_channels(x), None
    y = _as_floats(y).astype(x.dtype)
    if y.shape[1:] != x.shape[1:]:
        raise ValueError(
            f"Expected images of one shape. Got {x.shape[1:]} and {y.shape[1:]}. "
            "Try a last axis of channels for both, or for neither."
        )
    return _with_channels(x), _with_channels(y)


def _as_floats(x: ArrayLike | Array) -> Array:
    x = as_real_array(x, "images")
    if x.ndim not in (3, 4) or 0 in x.shape[1:]:
        raise ValueError(
            "Expected images of shape (n, height, width) or (n, height, width, channels). "
            f"Got shape {x.shape}. Try x[None] for a single image, or x.reshape(-1, 28, 28)."
        )
    return x


def _with_channels(x: Array) -> Array:
    return in_shape(x, (*x.shape, 1)) if x.ndim == 3 else x
