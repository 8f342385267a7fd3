"""The tangent kernel of a network that is a function of its parameters and of items."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_callable, as_choice, as_real_array, has_values
from symtheory.empirical.blocks import OUTPUTS, block_size, per_item, products_of_blocks
from symtheory.empirical.extras import brief

__all__ = ["MEMORY_GIB", "EmpiricalNTK"]

MEMORY_GIB = 0.25  # what the Jacobians of one call may take


@dataclass(frozen=True, eq=False)
class EmpiricalNTK:
    """The tangent kernel of one network, k(x, x') = (1/c) Σ_o ⟨∂f_o(x)/∂θ, ∂f_o(x')/∂θ⟩.

    The mean over its c outputs; or, exactly, ⟨∂f_o(x)/∂θ, ∂f_o'(x')/∂θ⟩ for each two of them. For a
    network in the NTK parametrization the kernel of each output converges to the closed form of
    `symtheory.ntk` as the network becomes wide, and so does their mean, while that of two different
    outputs vanishes (Jacot, Gabriel, Hongler 2018).

    Each item is taken by itself, and Jacobians of as many at a time as fit in a quarter of a GiB.
    It is computed in the precision of items and parameters, whichever is higher.

    Attributes:
        apply: Takes parameters θ and items of shape (n, *item) to outputs of shape (n,) or (n, c).
        parameters: θ, a pytree of arrays of floats.
        outputs: ``"trace"``, by which all outputs share one kernel, that of their mean; or
            ``"exact"``, a kernel of c·n rows for n items, all outputs of an item in turn, which
            takes c² times the memory.

    Raises:
        ValueError: If apply cannot be called, there is no parameter or one is none of floats, or
            outputs is another word.
    """

    apply: Callable[[Any, Array], Array]
    parameters: Any
    outputs: Literal["trace", "exact"] = "trace"

    def __post_init__(self) -> None:
        """Check that there is something to call, and something to take derivatives by."""
        as_callable(self.apply, "apply", "of parameters and items")
        as_choice(self.outputs, "outputs", OUTPUTS)
        leaves = jax.tree.leaves(self.parameters)
        if not leaves:
            raise ValueError(
                "Expected parameters, a pytree of arrays of floats. Got none. "
                "Try empirical.from_features, for an encoder that is not trained."
            )
        for leaf in leaves:
            if not jnp.issubdtype(getattr(leaf, "dtype", type(leaf)), jnp.floating):
                raise ValueError(
                    "Expected parameters, a pytree of arrays of floats. "
                    f"Got {getattr(leaf, 'dtype', leaf)}. Try a function that knows the others."
                )

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between x, of shape (n, *item), and y, of shape (n', *item): (n, n').

        Of shape (c·n, c·n') if it is exact.

        Raises:
            ValueError: If outputs are not of shape (n,) or (n, c), or items are not what the
                network takes, or the kernel is not finite.
        """
        x = as_real_array(x, "items")
        y = x if y is None else as_real_array(y, "items")
        kernel = self._kernel(x, y)
        if has_values(kernel) and not np.isfinite(np.asarray(kernel)).all():
            raise ValueError(
                "Expected items and parameters of which the kernel is finite. "
                "Got NaN or infinity. Try normalizing them, or double precision."
            )
        return kernel

    def _kernel(self, x: Array, y: Array) -> Array:
        outputs = self._outputs(x)
        if y is not x:
            self._outputs(y)
        each, share = (outputs, 1) if self.outputs == "exact" else (1, outputs)
        if not len(x) or not len(y):
            return jnp.zeros((each * len(x), each * len(y)), x.dtype)
        entries = sum(jnp.size(leaf) for leaf in jax.tree.leaves(self.parameters))

        def rows_of(items: Array) -> Callable[[int, slice], Array]:
            return lambda _, some: self._gradients(items[per_item(some, each)], each)

        blocks = products_of_blocks(
            rows_of(x),
            None if y is x else rows_of(y),
            (each * len(x), each * len(y)),
            each * block_size(outputs * entries, MEMORY_GIB),
        )
        if len(blocks) == len(blocks[0]) == 1:
            return blocks[0][0] / share
        return jnp.concatenate([jnp.concatenate(row, axis=1) for row in blocks]) / share

    def _outputs(self, x: Array) -> int:
        """How many outputs an item has."""
        try:
            outputs = jax.eval_shape(self.apply, self.parameters, x)
        except Exception as error:
            raise ValueError(
                f"Expected items that the network takes. Got shape {x.shape}: {brief(error)} "
                "Try items of shape (n, *item)."
            ) from error
        shape = getattr(outputs, "shape", None)
        if shape is None or len(shape) not in (1, 2) or shape[0] != len(x) or 0 in shape[1:]:
            raise ValueError(
                f"Expected outputs of shape ({len(x)},) or ({len(x)}, c), an array. "
                f"Got {type(outputs).__name__ if shape is None else shape}. "
                "Try apply = lambda parameters, x: network(parameters, x).reshape(len(x), -1)."
            )
        return 1 if len(shape) == 1 else int(shape[1])

    def _gradients(self, x: Array, each: int) -> Array:
        """Derivatives in so many rows for each item: one of all outputs, or one of each."""

        def precise(leaf: Array) -> Array:
            return jnp.asarray(leaf, jnp.promote_types(jnp.result_type(leaf), x.dtype))

        found = _gradients(self.apply, jax.tree.map(precise, self.parameters), x)
        return found.reshape(each * len(x), -1)


@eqx.filter_jit
def _gradients(apply: Callable[[Any, Array], Array], parameters: Any, x: Array) -> Array:
    """All derivatives of all outputs of each item, of shape (n, outputs, entries)."""

    def of_item(item: Array) -> Array:
        jacobian = jax.jacrev(lambda parameters: jnp.atleast_1d(apply(parameters, item[None])[0]))
        leaves = jax.tree.leaves(jacobian(parameters))
        return jnp.concatenate([leaf.reshape(len(leaf), -1) for leaf in leaves], axis=1)

    return jax.vmap(of_item)(x)
