"""A convolutional ReLU network: convolutions with max pooling, then fully connected layers."""

from __future__ import annotations

from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_image_shape, as_sizes
from symtheory.networks.dense import Dense
from symtheory.networks.items import as_image
from symtheory.networks.parametrization import (
    STANDARD,
    Parametrization,
    as_parametrization,
    draw_layer,
)

__all__ = ["CNN", "POOL", "Convolution", "convolve", "max_pool"]

POOL = 2


class Convolution(eqx.Module):
    """A convolution without padding: each output pixel sees a square of ``size`` by ``size``.

    Attributes:
        weight: Of shape (size, size, inputs, outputs).
        bias: Of shape (outputs,).
        weight_scale: What weights are multiplied with, see `Parametrization`.
        bias_scale: What biases are multiplied with.
    """

    weight: Array
    bias: Array
    weight_scale: float = eqx.field(static=True)
    bias_scale: float = eqx.field(static=True)

    def __init__(
        self,
        inputs: int,
        outputs: int,
        size: int,
        *,
        key: Array,
        parametrization: Parametrization = STANDARD,
    ) -> None:
        """Draw a layer as `Dense` does, with a fan-in of size²·inputs.

        Args:
            inputs: Channels that come in, at least 1.
            outputs: Channels that go out, at least 1.
            size: Side of the filters in pixels, at least 1.
            key: From `jax.random.key`.
            parametrization: How parameters are drawn and used.

        Raises:
            ValueError: If a number is below 1.
        """
        inputs, outputs, size = as_sizes((inputs, outputs, size), "channels and filters")
        shape, fan_in = (size, size, inputs, outputs), size * size * inputs
        self.weight, self.bias, self.weight_scale, self.bias_scale = draw_layer(
            parametrization, key, shape, outputs, fan_in
        )

    def __call__(self, x: Array) -> Array:
        """Apply the layer to x, of shape (height, width, inputs).

        Returns:
            Shape (height - size + 1, width - size + 1, outputs).
        """
        result = convolve(x, self.weight)
        if self.weight_scale == 1.0 and self.bias_scale == 1.0:
            return result + self.bias
        return self.weight_scale * result + self.bias_scale * self.bias


def convolve(x: Array, weight: Array) -> Array:
    """A convolution without padding or bias, for x of shape (height, width, inputs).

    A product with all patches: inside a compiled loop, XLA's own convolution takes ten times as
    long on a processor (measured, jaxlib 0.5.3).

    Args:
        x: What comes in.
        weight: Of shape (size, size, inputs, outputs).

    Returns:
        Shape (height - size + 1, width - size + 1, outputs).
    """
    size = len(weight)
    height, width = x.shape[0] - size + 1, x.shape[1] - size + 1
    shifts = [x[i : i + height, j : j + width] for i in range(size) for j in range(size)]
    return jnp.concatenate(shifts, axis=-1) @ weight.reshape(-1, weight.shape[-1])


def max_pool(x: Array) -> Array:
    """The largest value in each 2×2 square, for x of shape (height, width, channels).

    A last row or column without a partner is left out, as PyTorch does it.
    """
    height, width, channels = x.shape
    rows, columns = height // POOL, width // POOL
    squares = x[: rows * POOL, : columns * POOL].reshape(rows, POOL, columns, POOL, channels)
    return squares.max(axis=(1, 3))


class CNN(eqx.Module):
    """A convolutional ReLU network, ``CNN(key=key)``, by default that of the paper's figure 1.

    Each convolution, without padding, is followed by ReLU and 2×2 max pooling, and what is left is
    read out by fully connected layers: 5×5×24, 3×3×32, 256 hidden units and 10 outputs.

    Attributes:
        convolutions: From the image on.
        layers: The fully connected ones, from the flattened features to the outputs.
        image_shape: Of what it takes, (height, width) or (height, width, channels).
    """

    convolutions: tuple[Convolution, ...]
    layers: tuple[Dense, ...]
    image_shape: tuple[int, ...] = eqx.field(static=True)

    def __init__(
        self,
        image_shape: Sequence[int] = (28, 28),
        *,
        channels: Sequence[int] = (24, 32),
        filters: Sequence[int] = (5, 3),
        hidden: int = 256,
        outputs: int = 10,
        key: Array,
        parametrization: Parametrization = STANDARD,
    ) -> None:
        """Draw a network.

        Args:
            image_shape: (height, width) in pixels, or (height, width, channels).
            channels: Of each convolution.
            filters: The side of each one's filters, in pixels.
            hidden: Units of the fully connected layer.
            outputs: Numbers that the network returns.
            key: From `jax.random.key`; each layer has its own part of it.
            parametrization: How the parameters of all layers are drawn and used.

        Raises:
            ValueError: If channels and filters differ in number, a number is out of range, or the
                image is too small for the filters.
        """
        channels, filters = as_sizes(channels, "channels"), as_sizes(filters, "filters")
        if len(channels) != len(filters) or not channels:
            raise ValueError(
                "Expected channels and a filter size for each of one or more convolutions. "
                f"Got {channels} and {filters}. "
                "Try channels=(24, 32), filters=(5, 3)."
            )
        as_parametrization(parametrization)
        keys = jax.random.split(key, len(channels) + 2)
        self.image_shape = as_image_shape(image_shape)
        height, width, incoming = (*self.image_shape, 1)[:3]
        convolutions = []
        for outgoing, size, of_layer in zip(channels, filters, keys[:-2], strict=True):
            convolutions.append(
                Convolution(incoming, outgoing, size, key=of_layer, parametrization=parametrization)
            )
            height, width = (height - size + 1) // POOL, (width - size + 1) // POOL
            incoming = outgoing
        if min(height, width) < 1:
            raise ValueError(
                f"Expected images that filters {filters} and pooling leave a pixel of. "
                f"Got {self.image_shape}. Try larger images, or fewer or smaller filters."
            )
        self.convolutions = tuple(convolutions)
        self.layers = (
            Dense(height * width * incoming, hidden, key=keys[-2], parametrization=parametrization),
            Dense(hidden, outputs, key=keys[-1], parametrization=parametrization),
        )

    def __call__(self, x: ArrayLike | Array, *, key: Array | None = None) -> Array:
        """The outputs for one image.

        Args:
            x: Of the ``image_shape``.
            key: Not used: nothing is dropped.

        Returns:
            Shape (outputs,).

        Raises:
            ValueError: If it has another shape.
        """
        features = as_image(x, self.image_shape, self.layers[0].weight.dtype)
        for convolution in self.convolutions:
            features = max_pool(jax.nn.relu(convolution(features)))
        hidden, last = self.layers
        return last(jax.nn.relu(hidden(features.reshape(-1))))
