"""Fully connected layers and dropout, the parts of which all networks here are made."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from symtheory._checks import as_number, as_sizes
from symtheory.networks.parametrization import STANDARD, Parametrization, draw_layer

__all__ = ["Dense", "as_dropout", "dropout"]


class Dense(eqx.Module):
    """A fully connected layer, x ↦ s_w W x + s_b b; see `Parametrization`.

    Attributes:
        weight: W, of shape (outputs, inputs).
        bias: b, of shape (outputs,).
        weight_scale: s_w.
        bias_scale: s_b.
    """

    weight: Array
    bias: Array
    weight_scale: float = eqx.field(static=True)
    bias_scale: float = eqx.field(static=True)

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        key: Array,
        parametrization: Parametrization = STANDARD,
    ) -> None:
        """Draw a layer.

        Args:
            inputs: The fan-in, at least 1.
            outputs: At least 1.
            key: From `jax.random.key`.
            parametrization: How parameters are drawn and used.

        Raises:
            ValueError: If a size is below 1.
        """
        inputs, outputs = as_sizes((inputs, outputs), "inputs and outputs of a layer")
        self.weight, self.bias, self.weight_scale, self.bias_scale = draw_layer(
            parametrization, key, (outputs, inputs), outputs, inputs
        )

    def __call__(self, x: Array) -> Array:
        """Apply the layer to x, of shape (inputs,): shape (outputs,)."""
        if self.weight_scale == 1.0 and self.bias_scale == 1.0:
            return self.weight @ x + self.bias
        return self.weight_scale * (self.weight @ x) + self.bias_scale * self.bias


def dropout(x: Array, rate: float, key: Array | None) -> Array:
    """Zero each entry with a probability, and scale the others to keep the mean.

    Args:
        x: Of any shape.
        rate: The probability, at least 0 and below 1.
        key: Without one nothing is dropped, as after training.
    """
    if key is None or rate == 0:
        return x
    # In the precision of x: with 64-bit floats switched on, bernoulli would draw twice the bits.
    kept = jax.random.uniform(key, x.shape, x.dtype) >= rate
    return jnp.where(kept, x / (1 - rate), jnp.zeros((), x.dtype))


def as_dropout(rate: object) -> float:
    """A rate of dropout, at least 0 and below 1, else a ValueError."""
    number = float(as_number(rate, "dropout", minimum=0))
    if number >= 1:
        raise ValueError(f"Expected a dropout rate ≥ 0 and < 1. Got {number}. Try 0.5.")
    return number
