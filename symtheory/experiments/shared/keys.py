"""Random keys that depend on what is drawn, and not on what else is."""

from __future__ import annotations

from collections.abc import Iterable

import jax
import jax.numpy as jnp
from jax import Array

__all__ = ["folded_key", "keys_of_pairs"]


def folded_key(seed: int, *numbers: int) -> Array:
    """The key of one part of a run: from the seed and the numbers that name the part, in order."""
    key = jax.random.key(seed)
    for number in numbers:
        key = jax.random.fold_in(key, int(number))
    return key


def keys_of_pairs(key: Array, pairs: Iterable[int]) -> Array:
    """Two keys for each pair, whatever other pairs there are: shape (2·pairs,)."""
    return jnp.concatenate([jax.random.split(jax.random.fold_in(key, pair)) for pair in pairs])
