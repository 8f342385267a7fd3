"""The tangent kernel of a fully connected network, without its Jacobian."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import ArrayLike

from symtheory.networks.mlp import MLP

__all__ = ["tangent_kernel"]


def tangent_kernel(network: MLP, x: ArrayLike | Array) -> Array:
    r"""The empirical tangent kernel of a scalar MLP, k(x, x') = ⟨∂f(x)/∂θ, ∂f(x')/∂θ⟩.

    What `symtheory.empirical.from_equinox` computes for any network, in less time and memory: the
    derivative by the weights of a layer is an outer product, s_w δ hᵀ, of the layer's inputs h and
    the derivatives δ by its outputs. So, with a term for each layer,

        k(x, x') = Σ_l (s_w² ⟨h_l, h'_l⟩ + s_b²) ⟨δ_l, δ'_l⟩,

    and no array is larger than the hidden layers of all items.

    Args:
        network: With a scalar output; dropout is off.
        x: Of shape (n, *item). The kernel is computed in the precision of x, or of the network if
            that is higher.

    Returns:
        Shape (n, n).

    Raises:
        ValueError: If the network has more than one output.
    """
    if not network.scalar:
        raise ValueError(
            "Expected a network with one output. Got one with several or with an axis. "
            "Try MLP(784, 512, None, key=key)."
        )
    points = jnp.asarray(x)
    points = points.reshape(len(points), -1)
    inputs, slopes = [points], []
    for layer in network.layers[:-1]:
        outputs = jax.vmap(layer)(inputs[-1])
        slopes.append(outputs > 0)
        inputs.append(jax.nn.relu(outputs))
    delta = jnp.ones((len(points), 1), points.dtype)
    kernel = jnp.zeros((len(points), len(points)), points.dtype)
    for number in range(len(network.layers) - 1, -1, -1):
        layer, hidden = network.layers[number], inputs[number]
        products = layer.weight_scale**2 * (hidden @ hidden.T) + layer.bias_scale**2
        kernel = kernel + products * (delta @ delta.T)
        if number:
            delta = layer.weight_scale * (delta @ layer.weight) * slopes[number - 1]
    return kernel
