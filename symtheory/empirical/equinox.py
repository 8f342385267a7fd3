"""The tangent kernel of an Equinox module."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

from symtheory._checks import as_callable
from symtheory.empirical.function import EmpiricalNTK

__all__ = ["from_equinox"]


def from_equinox(
    module: Callable[[Array], Array], *, outputs: Literal["trace", "exact"] = "trace"
) -> EmpiricalNTK:
    """The tangent kernel of an Equinox module, such as the networks of `symtheory.networks`.

    Its arrays of floats are the parameters, all else is as it is. A module with dropout has to be
    in inference mode, as `equinox.nn.inference_mode` makes it, or be called without a key.

    Args:
        module: Takes one item to outputs of shape () or (c,).
        outputs: As of `EmpiricalNTK`.

    Raises:
        ValueError: If it cannot be called, or has no array of floats.
    """
    as_callable(module, "module", "of one item")
    parameters, static = eqx.partition(module, _is_parameter)
    if not jax.tree.leaves(parameters):
        raise ValueError(
            f"Expected a module with arrays of floats. Got {module!r}. "
            "Try EmpiricalNTK(apply, parameters), for a function."
        )

    return EmpiricalNTK(_OfItems(static), parameters, outputs)


class _OfItems(eqx.Module):
    """A module without its parameters; what is compiled serves all that differ in these alone."""

    static: Any

    def __call__(self, parameters: Any, items: Array) -> Array:
        outputs: Array = jax.vmap(eqx.combine(parameters, self.static))(items)
        return outputs


def _is_parameter(leaf: Any) -> bool:
    return bool(eqx.is_array(leaf)) and jnp.issubdtype(leaf.dtype, jnp.floating)
