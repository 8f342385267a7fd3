"""The recursion of a convolutional network over pairs of places.

A layer is known by the covariances of its pre-activations at pairs of places, one of x and one of
x'. What is carried is the squared distance of features (the gap), not their covariance, because the
distance stays accurate where the two nearly agree, and a filter averages both alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

import jax.numpy as jnp
from jax import Array

from symtheory.ntk.relu import relu, safe_sqrt

__all__ = ["Average", "Filter", "Layer", "first_layer", "next_layer", "read_out"]

Average = Callable[[Array], Array]


class Layer(NamedTuple):
    """Pre-activations at pairs of places.

    Attributes:
        x_norm: Σ(x, x) at the places of x, of a shape that broadcasts with the pairs.
        y_norm: Σ(x', x') at the places of x'.
        versine: 1 - cos of the angle between the two, for each pair.
        tangent: Θ for each pair.
    """

    x_norm: Array
    y_norm: Array
    versine: Array
    tangent: Array


class Filter(NamedTuple):
    """How a filter averages over its taps: functions of places of x, of x', and of pairs.

    Attributes:
        x: Takes values at the places of x to their averages.
        y: Takes values at the places of x' to their averages.
        gap: Takes gaps, and the values of `x_norm` and `y_norm` that stand beside what lies outside
            the images, to averages of gaps.
        pairs: Takes values at pairs, which are zero outside, to their averages.
    """

    x: Average
    y: Average
    gap: Callable[[Array, Array, Array], Array]
    pairs: Average


def first_layer(x: Array, y: Array, x_norm: Array, y_norm: Array) -> Layer:
    """The first pre-activations, from unit vectors along patches and the squared norms of these.

    Args:
        x: Unit vectors of patches of x, biases included, coordinates on the first axis: a pair
            reads one coordinate at a time, and those of neighboring places then lie side by side.
        y: Those of x', of a shape that broadcasts.
        x_norm: Squared norms, of the shape without the first axis.
        y_norm: Those of x'.
    """
    # Differences, one coordinate at a time: a matrix product would lose the digits of near pairs.
    squared = jnp.zeros((), x.dtype)
    for x_k, y_k in zip(x, y, strict=True):
        squared = squared + jnp.square(x_k - y_k)
    versine = squared / 2
    # Opposite patches, as background and a saturated stroke are where images have zero mean: a few
    # units of rounding are no angle, and the root of them would be 10⁻⁸.
    opposite = 2 - versine < 8 * jnp.finfo(versine.dtype).eps
    versine = jnp.where(opposite, 2.0, versine)
    return Layer(x_norm, y_norm, versine, safe_sqrt(x_norm) * safe_sqrt(y_norm) * (1 - versine))


def next_layer(layer: Layer, taps: Filter, w_squared: Array, b_squared: Array) -> Layer:
    """A ReLU and a convolution: the pre-activations of the next layer."""
    features = relu(safe_sqrt(layer.x_norm), safe_sqrt(layer.y_norm), layer.versine)
    x_norm = w_squared * taps.x(layer.x_norm / 2) + b_squared
    y_norm = w_squared * taps.y(layer.y_norm / 2) + b_squared
    gap = w_squared * taps.gap(features.gap, layer.x_norm / 2, layer.y_norm / 2)
    x_root, y_root = safe_sqrt(x_norm), safe_sqrt(y_norm)
    scale = 2 * x_root * y_root
    positive = scale > 0
    versine = (gap - jnp.square(x_root - y_root)) / jnp.where(positive, scale, 1.0)
    versine = jnp.clip(jnp.where(positive, versine, 0.0), 0.0, 2.0)
    covariance = (x_norm + y_norm - gap) / 2
    tangent = covariance + w_squared * taps.pairs(layer.tangent * features.slope)
    return Layer(x_norm, y_norm, versine, tangent)


def read_out(
    layer: Layer,
    average: Average,
    w_squared: Array,
    b_squared: Array,
    kind: Literal["ntk", "nngp"],
) -> Array:
    """A ReLU and a linear readout of one output: the kernel."""
    features = relu(safe_sqrt(layer.x_norm), safe_sqrt(layer.y_norm), layer.versine)
    kernel = features.covariance
    if kind == "ntk":
        kernel = kernel + layer.tangent * features.slope
    return w_squared * average(kernel) + b_squared
