"""The tangent kernel of a fully connected network, without its Jacobian."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import ArrayLike

from symtheory.networks.mlp import MLP

__all__ = ["tangent_kernel"]


def tangent_kernel(network: MLP, x: ArrayLike | Array) -> Array:
    r"""The empirical tangent kernel of an MLP, k(x, x') = (1/c) Σ_o ⟨∂f_o(x)/∂θ, ∂f_o(x')/∂θ⟩.

    What `symtheory.empirical.from_equinox` computes for any network, in less time and memory: the
    derivative by the weights of a layer is an outer product, s_w δ hᵀ, of the layer's inputs h and
    the derivatives δ by its outputs. So, with a term for each layer,

        k(x, x') = Σ_l (s_w² ⟨h_l, h'_l⟩ + s_b²) (1/c) Σ_o ⟨δ_lo, δ'_lo⟩,

    and no array is larger than the hidden layers of all items, or than the kernel for each layer.

    Args:
        network: With c outputs; dropout is off.
        x: Of shape (n, *item). The kernel is computed in the precision of x, or of the network if
            that is higher.

    Returns:
        Shape (n, n).
    """
    points = jnp.asarray(x)
    points = points.reshape(len(points), -1)
    inputs, slopes = [points], []
    for layer in network.layers[:-1]:
        outputs = jax.vmap(layer)(inputs[-1])
        slopes.append(outputs > 0)
        inputs.append(jax.nn.relu(outputs))
    products = [
        layer.weight_scale**2 * (hidden @ hidden.T) + layer.bias_scale**2
        for layer, hidden in zip(network.layers, inputs, strict=True)
    ]
    kernel = jnp.zeros((len(points), len(points)), points.dtype)
    count = len(network.layers[-1].weight)
    for unit in jnp.eye(count, dtype=points.dtype):
        delta = jnp.broadcast_to(unit, (len(points), count))
        for number in range(len(network.layers) - 1, -1, -1):
            layer = network.layers[number]
            kernel = kernel + products[number] * (delta @ delta.T)
            if number:
                delta = layer.weight_scale * (delta @ layer.weight) * slopes[number - 1]
    return kernel / count
