"""A fully connected ReLU network of any widths."""

from __future__ import annotations

from itertools import pairwise

import equinox as eqx
import jax
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_sizes
from symtheory.networks.dense import Dense, as_dropout, dropout
from symtheory.networks.items import as_floats
from symtheory.networks.parametrization import STANDARD, Parametrization, as_parametrization

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
        parametrization: Parametrization = STANDARD,
        dropout: float = 0.0,
    ) -> None:
        """Draw a network.

        Args:
            *sizes: The numbers of inputs, of units in each hidden layer, if any, and of outputs.
                None in the last place makes one output of shape ().
            key: From `jax.random.key`; each layer has its own part of it.
            parametrization: How the parameters of all layers are drawn and used.
            dropout: The rate, at least 0 and below 1, after every hidden layer.

        Raises:
            ValueError: If there are fewer than two sizes or one is out of range, as is a setting.
        """
        if len(sizes) < 2:
            raise ValueError(
                f"Expected at least two sizes ≥ 1, from inputs to outputs. Got {sizes}. "
                "Try MLP(784, 512, 10, key=key), or None in the last place for a scalar output."
            )
        outputs = 1 if sizes[-1] is None else sizes[-1]
        widths = as_sizes((*sizes[:-1], outputs), "sizes of an MLP")
        as_parametrization(parametrization)
        keys = jax.random.split(key, len(widths) - 1)
        self.layers = tuple(
            Dense(inputs, outputs, key=of_layer, parametrization=parametrization)
            for (inputs, outputs), of_layer in zip(pairwise(widths), keys, strict=True)
        )
        self.dropout = as_dropout(dropout)
        self.scalar = sizes[-1] is None

    def __call__(self, x: ArrayLike | Array, *, key: Array | None = None) -> Array:
        """The outputs for one item.

        Args:
            x: Of any shape with as many entries as there are inputs.
            key: Draws what is dropped; without one nothing is.

        Returns:
            Shape (outputs,), or () for a scalar network.

        Raises:
            ValueError: If it has another number of entries.
        """
        *before, last = self.layers
        first = self.layers[0].weight
        item = as_floats(x, "item", first.dtype)
        hidden = item.reshape(-1)
        if hidden.size != first.shape[1]:
            raise ValueError(
                f"Expected one item of {first.shape[1]} entries. Got shape {item.shape}. "
                "Try jax.vmap(network)(items) for several."
            )
        for number, layer in enumerate(before):
            hidden = jax.nn.relu(layer(hidden))
            of_layer = None if key is None else jax.random.fold_in(key, number)
            hidden = dropout(hidden, self.dropout, of_layer)
        outputs = last(hidden)
        return outputs[0] if self.scalar else outputs
