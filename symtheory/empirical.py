"""Kernels of networks of finite width: their tangent kernel, and means over random draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_callable, as_integer, as_real_array

MEMORY_GIB = 0.25  # what the Jacobians of one call may take
__all__ = ["EmpiricalNTK", "MonteCarlo", "monte_carlo"]


@dataclass(frozen=True)
class EmpiricalNTK:
    """The tangent kernel of one network, k(x, x') = (1/c) Σ_o ⟨∂f_o(x)/∂θ, ∂f_o(x')/∂θ⟩.

    The mean over its c outputs. For a network in the NTK parametrization it converges to the
    closed form of `symtheory.ntk` as the network becomes wide (Jacot, Gabriel, Hongler 2018).

    Each item is taken by itself, and Jacobians of as many at a time as fit in a quarter of a GiB.

    Attributes:
        apply: Takes parameters θ and items of shape (n, *item) to outputs of shape (n,) or (n, c).
        parameters: θ, a pytree of arrays.
    """

    apply: Callable[[Any, Array], Array]
    parameters: Any

    def __post_init__(self) -> None:
        """Check that there is something to call."""
        as_callable(self.apply, "apply", "of parameters and items")

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between x, of shape (n, *item), and y, of shape (n', *item): (n, n').

        Raises:
            ValueError: If outputs are not of shape (n,) or (n, c), or items are not what the
                network takes.
        """
        x = as_real_array(x, "items")
        y = x if y is None else as_real_array(y, "items")
        outputs = self._outputs(x)
        if y is not x:
            self._outputs(y)
        # Jacobians of as many items at a time as the memory holds; others are computed again.
        entries = sum(leaf.size for leaf in jax.tree.leaves(self.parameters))
        size = max(1, int(MEMORY_GIB * 2**30 / (2 * 8 * outputs * max(1, entries))))
        if y is x and len(x) <= size:
            left = self._gradients(x)
            return left @ left.T / outputs
        rows = []
        for start in range(0, len(x), size):
            left = self._gradients(x[start : start + size])
            parts = [left @ self._gradients(y[k : k + size]).T for k in range(0, len(y), size)]
            rows.append(jnp.concatenate(parts, axis=1) / outputs if parts else left[:, :0])
        return jnp.concatenate(rows) if rows else jnp.zeros((0, len(y)), x.dtype)

    def _outputs(self, x: Array) -> int:
        """How many outputs an item has."""
        try:
            shape = jax.eval_shape(self.apply, self.parameters, x).shape
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"Expected items that the network takes. Got shape {x.shape}: {error}"
            ) from error
        if len(shape) not in (1, 2) or shape[0] != len(x):
            raise ValueError(
                f"Expected outputs of shape ({len(x)},) or ({len(x)}, c). Got {shape}. "
                "Try apply = lambda parameters, x: network(parameters, x).reshape(len(x), -1)."
            )
        return 1 if len(shape) == 1 else int(shape[1])

    def _gradients(self, x: Array) -> Array:
        """All derivatives of all outputs of each item, of shape (n, outputs · entries)."""

        def of_item(item: Array) -> Array:
            jacobian = jax.jacrev(lambda parameters: self.apply(parameters, item[None])[0])
            return jnp.concatenate(
                [leaf.reshape(-1) for leaf in jax.tree.leaves(jacobian(self.parameters))]
            )

        return jax.vmap(of_item)(x)


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
