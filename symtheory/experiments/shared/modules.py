"""What a network has to be for its tangent kernel: a number for each item, in double precision."""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import Array

__all__ = ["FirstOutput", "in_double"]


class FirstOutput(eqx.Module):
    """A network of one or several outputs, of which it returns the first.

    Attributes:
        whole: The network.
    """

    whole: Any

    def __call__(self, x: Array, *, key: Array | None = None) -> Array:
        """The first output for one item, of shape ()."""
        first: Array = self.whole(x)[0]
        return first


def in_double(model: Any) -> Any:
    """A copy of a network whose numbers are in double precision."""

    def convert(leaf: Any) -> Any:
        return leaf.astype(jnp.float64) if eqx.is_inexact_array(leaf) else leaf

    return jax.tree.map(convert, model)
