"""Kernels of networks of finite width: their tangent kernel, and means over random draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import ArrayLike

__all__ = ["EmpiricalNTK", "MonteCarlo", "monte_carlo"]


@dataclass(frozen=True)
class EmpiricalNTK:
    """The tangent kernel of one network, k(x, x') = (1/c) Σ_o ⟨∂f_o(x)/∂θ, ∂f_o(x')/∂θ⟩.

    The mean over its c outputs. For a network in the NTK parametrization it converges to the
    closed form of `symtheory.ntk` as the network becomes wide (Jacot, Gabriel, Hongler 2018).

    Attributes:
        apply: Takes parameters θ and items of shape (n, *item) to outputs of shape (n,) or (n, c).
        parameters: θ, a pytree of arrays.
    """

    apply: Callable[[Any, Array], Array]
    parameters: Any

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between x, of shape (n, *item), and y, of shape (n', *item): (n, n').

        Raises:
            ValueError: If outputs are not of shape (n,) or (n, c).
        """
        left = self._gradients(x)
        right = left if y is None else self._gradients(y)
        products = [jnp.einsum("noa,moa->nm", a, b) for a, b in zip(left, right, strict=True)]
        return jnp.sum(jnp.stack(products), axis=0) / left[0].shape[1]

    def _gradients(self, x: ArrayLike | Array) -> list[Array]:
        """One array for each array of parameters, of shape (n, outputs, entries)."""
        x = jnp.asarray(x)
        shape = jax.eval_shape(self.apply, self.parameters, x).shape
        if len(shape) not in (1, 2) or shape[0] != len(x):
            raise ValueError(
                f"Expected outputs of shape ({len(x)},) or ({len(x)}, c). Got {shape}. "
                "Try apply = lambda parameters, x: network(parameters, x).reshape(len(x), -1)."
            )
        outputs = 1 if len(shape) == 1 else shape[1]
        jacobians = jax.jacrev(self.apply)(self.parameters, x)
        return [leaf.reshape(len(x), outputs, -1) for leaf in jax.tree.leaves(jacobians)]


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
    if samples < 2:
        raise ValueError(f"Expected at least 2 samples, to tell their spread. Got {samples}.")
    draws = jax.lax.map(draw, jax.random.split(key, samples))
    error = jnp.std(draws, axis=0, ddof=1) / jnp.sqrt(samples)
    return MonteCarlo(jnp.mean(draws, axis=0), error)
