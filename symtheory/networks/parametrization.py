"""How the parameters of a network are drawn and used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import DTypeLike

from symtheory._checks import as_choice, as_float_type, as_number, has_values

__all__ = ["STANDARD", "Parametrization", "as_parametrization", "draw_layer"]

_Name = Literal["standard", "ntk"]


@dataclass(frozen=True)
class Parametrization:
    r"""How the parameters of all layers are drawn and used; a layer is x ↦ s_w W x + s_b b.

    In the standard parametrization, PyTorch's default, W and b are drawn uniformly from
    ±1/√(fan-in) and s_w = s_b = 1. In the NTK parametrization (Jacot, Gabriel, Hongler 2018) they
    are drawn from the standard normal distribution and s_w = σ_w/√(fan-in), s_b = σ_b, so that the
    kernel of a wide network is the closed form of `symtheory.ntk` and steps of gradient descent
    need no rescaling with the width.

    Attributes:
        name: ``"standard"`` or ``"ntk"``.
        weight_std: σ_w, positive, of the NTK parametrization alone.
        bias_std: σ_b, at least 0, of the NTK parametrization alone.
        dtype: Of the parameters, in which the network computes too.

    Raises:
        ValueError: If the name is another one, σ are out of range or given to the standard
            parametrization, or the type is none of floats, or one that JAX was not told to use.
    """

    name: _Name = "standard"
    weight_std: float = 1.0
    bias_std: float = 1.0
    dtype: DTypeLike = jnp.float32

    def __post_init__(self) -> None:
        """Check the attributes."""
        as_choice(self.name, "parametrization", get_args(_Name))
        if not has_values(self.weight_std, self.bias_std):
            raise ValueError(
                "Expected numbers as weight_std and bias_std. Got abstract values, inside jax.jit "
                "or the like. Try static_argnums, or the layers' weights as parameters."
            )
        stds = (
            float(as_number(self.weight_std, "weight_std", above=0)),
            float(as_number(self.bias_std, "bias_std", minimum=0)),
        )
        if self.name == "standard" and stds != (1.0, 1.0):
            raise ValueError(
                "Expected weight_std and bias_std with the NTK parametrization alone. "
                f'Got {stds} with the standard one. Try Parametrization("ntk", {stds[0]}, '
                f"{stds[1]})."
            )
        for field, value in zip(("weight_std", "bias_std"), stds, strict=True):
            object.__setattr__(self, field, value)
        object.__setattr__(self, "dtype", as_float_type(self.dtype))


STANDARD = Parametrization()


def draw_layer(
    parametrization: Parametrization, key: Array, shape: tuple[int, ...], outputs: int, fan_in: int
) -> tuple[Array, Array, float, float]:
    """Draw the weights and biases of a layer.

    Args:
        parametrization: How.
        key: From `jax.random.key`.
        shape: Of the weights.
        outputs: How many biases.
        fan_in: How many inputs each output sums over.

    Returns:
        Weights, biases, and the factors s_w and s_b that they are used with.
    """
    dtype = jnp.dtype(parametrization.dtype)
    of_weight, of_bias = jax.random.split(key)
    if parametrization.name == "ntk":
        weight = jax.random.normal(of_weight, shape, dtype)
        bias = jax.random.normal(of_bias, (outputs,), dtype)
        return weight, bias, parametrization.weight_std * fan_in**-0.5, parametrization.bias_std
    bound = fan_in**-0.5
    weight = jax.random.uniform(of_weight, shape, dtype, -bound, bound)
    bias = jax.random.uniform(of_bias, (outputs,), dtype, -bound, bound)
    return weight, bias, 1.0, 1.0


def as_parametrization(value: object) -> Parametrization:
    """A parametrization, or a ValueError."""
    if not isinstance(value, Parametrization):
        raise ValueError(
            f'Expected a Parametrization. Got {value!r}. Try Parametrization("ntk", 1.0, 0.1).'
        )
    return value
