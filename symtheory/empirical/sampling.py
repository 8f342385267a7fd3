"""Means over random draws, such as of the kernels of networks with random parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array

from symtheory._checks import as_integer

__all__ = ["MonteCarlo", "monte_carlo"]


class MonteCarlo(NamedTuple):
    """A mean over random draws.

    Attributes:
        mean: The mean.
        standard_error: Of the mean, of the same shape.
    """

    mean: Array
    standard_error: Array


def monte_carlo(draw: Callable[[Array], Array], *, samples: int, key: Array) -> MonteCarlo:
    """The mean of a random array, such as a kernel of a network with random parameters.

    Args:
        draw: Takes a key to one draw; compiled, and called one key at a time.
        samples: How many draws, at least 2.
        key: From `jax.random.key`; each draw has its own part of it.

    Raises:
        ValueError: If there are fewer than two samples.
    """
    samples = as_integer(samples, "samples, whose spread is told,", minimum=2)
    draws = jax.lax.map(draw, jax.random.split(key, samples))
    error = jnp.std(draws, axis=0, ddof=1) / jnp.sqrt(samples)
    return MonteCarlo(jnp.mean(draws, axis=0), error)
