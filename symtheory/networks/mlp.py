"""A fully connected ReLU network of any widths."""

from __future__ import annotations

from itertools import pairwise

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import DTypeLike

from symtheory.networks.dense import Dense, Parametrization, check_dropout, dropout

__all__ = ["MLP"]


class MLP(eqx.Module):
    """A fully connected ReLU network, ``MLP(784, 512, 10, key=key)``.

    Attributes:
        layers: From the inputs to the outputs.
        dropout: The rate at which hidden units are dropped while training.
        scalar: Whether the network has one output without an axis.
    """

    layers: tuple[Dense, ...]
    dropout: float = eqx.field(static=True)
    scalar: bool = eqx.field(static=True)

    def __init__(
        self,
        *sizes: int | None,
        key: Array,
        parametrization: Parametrization = "standard",
        weight_std: float = 1.0,
        bias_std: float = 1.0,
        dropout: float = 0.0,
        dtype: DTypeLike = jnp.float32,
    ) -> None:
        """Draw a network.

        Args:
            *sizes: The numbers of inputs, of units in each hidden layer, if any, and of outputs.
                None in the last place makes one output of shape ().
            key: From `jax.random.key`; each layer has its own part of it.
            parametrization: ``"standard"`` (uniform in ±1/√fan-in, PyTorch's default) or ``"ntk"``,
                see `Dense`.
            weight_std: σ_w, of every layer in the NTK parametrization.
            bias_std: σ_b, of every layer in the NTK parametrization.
            dropout: The rate, at least 0 and below 1, after every hidden layer.
            dtype: Of the parameters; inputs are converted to it.

        Raises:
            ValueError: If there are fewer than two sizes or one is out of range, as is a setting.
        """
        numbers = [
            1 if size is None and k == len(sizes) - 1 else size for k, size in enumerate(sizes)
        ]
        if len(numbers) < 2 or any(not isinstance(size, int) or size < 1 for size in numbers):
            raise ValueError(
                f"Expected at least two sizes ≥ 1, from inputs to outputs. Got {sizes}. "
                "Try MLP(784, 512, 10, key=key), or None in the last place for a scalar output."
            )
        check_dropout(dropout)
        widths = [int(size) for size in numbers if size is not None]
        keys = jax.random.split(key, len(widths) - 1)
        self.layers = tuple(
            Dense(
                inputs,
                outputs,
                key=of_layer,
                parametrization=parametrization,
                weight_std=weight_std,
                bias_std=bias_std,
                dtype=dtype,
            )
            for (inputs, outputs), of_layer in zip(pairwise(widths), keys, strict=True)
        )
        self.dropout = dropout
        self.scalar = sizes[-1] is None

    def __call__(self, x: Array, *, key: Array | None = None) -> Array:
        """The outputs for one item.

        Args:
            x: Of any shape with as many entries as there are inputs.
            key: Draws what is dropped; without one nothing is.

        Returns:
            Shape (outputs,), or () for a scalar network.
        """
        hidden = jnp.asarray(x, self.layers[0].weight.dtype).reshape(-1)
        *before, last = self.layers
        for number, layer in enumerate(before):
            hidden = jax.nn.relu(layer(hidden))
            of_layer = None if key is None else jax.random.fold_in(key, number)
            hidden = dropout(hidden, self.dropout, of_layer)
        outputs = last(hidden)
        return outputs[0] if self.scalar else outputs
