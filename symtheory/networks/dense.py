"""Fully connected layers and dropout, the parts of which all networks here are made."""

from __future__ import annotations

from typing import Literal, get_args

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import DTypeLike

__all__ = ["Dense", "Parametrization", "check_dropout", "draw_layer", "dropout"]

Parametrization = Literal["standard", "ntk"]


class Dense(eqx.Module):
    r"""A fully connected layer, x ↦ s_w W x + s_b b.

    In the standard parametrization, PyTorch's default, W and b are drawn uniformly from
    ±1/√(fan-in) and s_w = s_b = 1. In the NTK parametrization (Jacot, Gabriel, Hongler 2018) they
    are drawn from the standard normal distribution and s_w = σ_w/√(fan-in), s_b = σ_b, so that the
    kernel of a wide network is the closed form of `symtheory.ntk` and steps of gradient descent
    need no rescaling with the width.

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
        parametrization: Parametrization = "standard",
        weight_std: float = 1.0,
        bias_std: float = 1.0,
        dtype: DTypeLike = jnp.float32,
    ) -> None:
        """Draw a layer.

        Args:
            inputs: The fan-in, at least 1.
            outputs: At least 1.
            key: From `jax.random.key`.
            parametrization: ``"standard"`` or ``"ntk"``.
            weight_std: σ_w, of the NTK parametrization alone.
            bias_std: σ_b, of the NTK parametrization alone.
            dtype: Of the parameters, in which the layer computes too.

        Raises:
            ValueError: If a size is below 1, or the parametrization is another one or its σ are
                out of range.
        """
        if inputs < 1 or outputs < 1:
            raise ValueError(f"Expected sizes of layers ≥ 1. Got {inputs} and {outputs}.")
        self.weight, self.bias, self.weight_scale, self.bias_scale = draw_layer(
            key, (outputs, inputs), outputs, inputs, parametrization, weight_std, bias_std, dtype
        )

    def __call__(self, x: Array) -> Array:
        """Apply the layer to x, of shape (inputs,): shape (outputs,)."""
        if self.weight_scale == 1.0 and self.bias_scale == 1.0:
            return self.weight @ x + self.bias
        return self.weight_scale * (self.weight @ x) + self.bias_scale * self.bias


def draw_layer(
    key: Array,
    shape: tuple[int, ...],
    outputs: int,
    fan_in: int,
    parametrization: Parametrization,
    weight_std: float,
    bias_std: float,
    dtype: DTypeLike,
) -> tuple[Array, Array, float, float]:
    """Draw the weights and biases of a layer in a parametrization, see `Dense`.

    Args:
        key: From `jax.random.key`.
        shape: Of the weights.
        outputs: How many biases.
        fan_in: How many inputs each output sums over.
        parametrization: ``"standard"`` or ``"ntk"``.
        weight_std: σ_w, of the NTK parametrization alone.
        bias_std: σ_b, of the NTK parametrization alone.
        dtype: Of both.

    Returns:
        Weights, biases, and the factors s_w and s_b that they are used with.

    Raises:
        ValueError: If the parametrization is another one or its σ are out of range.
    """
    if parametrization not in get_args(Parametrization):
        raise ValueError(f'Expected parametrization "standard" or "ntk". Got {parametrization!r}.')
    if not (weight_std > 0 and bias_std >= 0):
        raise ValueError(
            "Expected weight_std > 0 and bias_std ≥ 0. "
            f"Got weight_std={weight_std}, bias_std={bias_std}."
        )
    dtype = jnp.dtype(dtype)
    of_weight, of_bias = jax.random.split(key)
    if parametrization == "ntk":
        weight = jax.random.normal(of_weight, shape, dtype)
        bias = jax.random.normal(of_bias, (outputs,), dtype)
        return weight, bias, weight_std * fan_in**-0.5, bias_std
    bound = fan_in**-0.5
    weight = jax.random.uniform(of_weight, shape, dtype, -bound, bound)
    bias = jax.random.uniform(of_bias, (outputs,), dtype, -bound, bound)
    return weight, bias, 1.0, 1.0


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


def check_dropout(rate: float) -> None:
    """Raise a ValueError unless the rate is at least 0 and below 1."""
    if not 0 <= rate < 1:
        raise ValueError(f"Expected a dropout rate ≥ 0 and < 1. Got {rate}.")
