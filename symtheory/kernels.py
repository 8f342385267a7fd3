"""What a kernel is, two of the simplest, and the average over transforms of any.

A kernel is called as ``kernel(x)`` or ``kernel(x, y)`` on items of any one shape, and returns all
their pairwise similarities. Any callable that does so is a kernel here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike

from symtheory._checks import as_callable, as_number, as_real_array, has_values, in_shape, on_host
from symtheory._pytrees import in_precision, pytree, settle

__all__ = [
    "RBF",
    "Averaged",
    "Kernel",
    "Linear",
    "as_vectors",
    "first_rows",
    "gram",
    "squared_distances",
]

_MATRICES_GIB = 2  # what transforms may take that are matrices where items are traced


@runtime_checkable
class Kernel(Protocol):
    """A similarity between items; ``kernel(x, y)[a, b]`` is k(x_a, y_b)."""

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """All similarities between x, of shape (n, *item), and y, of shape (n', *item).

        Without y, the Gram matrix of x with itself. Returns shape (n, n').
        """
        ...


@pytree("inverse_length")
@dataclass(frozen=True)
class RBF:
    """The Gaussian kernel k(x, y) = exp(-L² ‖x - y‖²).

    Attributes:
        inverse_length: L, in inverse units of the data; L = 1/(√2 ℓ) for the usual length scale ℓ.

    Raises:
        ValueError: If L is negative or not finite.
    """

    inverse_length: float | Array = 1.0

    def __post_init__(self) -> None:
        """Check the attribute."""
        settle(self, inverse_length=as_number(self.inverse_length, "inverse_length", minimum=0.0))

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """All similarities between x and y; see `Kernel`."""
        x, y, _ = as_vectors(x, y)
        return _gaussian(x, y, in_precision(self, x.dtype).inverse_length)


@pytree()
@dataclass(frozen=True)
class Linear:
    """The linear kernel k(x, y) = ⟨x, y⟩."""

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """All similarities between x and y; see `Kernel`."""
        x, y, _ = as_vectors(x, y)
        return _inner_products(x, y)


@pytree("kernel")
@dataclass(frozen=True)
class Averaged:
    """A kernel averaged over transforms of one of its arguments, k̄(x, y) = (1/|G|) Σ_g k(x, gy).

    If k is invariant, k(gx, gy) = k(x, y), this is invariant in each argument by itself, and orbits
    collapse to points. Regression with it equals regression with k on the augmented data set, all
    transforms of every training point, at every training time.

    Where items are traced, inside `jax.jit`, `jax.vmap` or `jax.grad`, a transform written in NumPy
    is replaced by its matrix, if it is linear, as those of all actions of this package are.

    Attributes:
        kernel: Any kernel.
        transform: Takes items of shape (n, *item) to all their transforms, of shape
            (n, |G|, *item), as the ``transform`` of a `symtheory.actions.Action` does.
    """

    kernel: Kernel
    transform: Callable[[np.ndarray], np.ndarray | Array]

    def __post_init__(self) -> None:
        """Check that there is something to call."""
        as_callable(self.kernel, "kernel", "of items")
        as_callable(self.transform, "transform", "of items")

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """All similarities between x and y; see `Kernel`.

        Raises:
            ValueError: If the transform gives another shape, or cannot be traced where items are;
                if the kernel gives another number of similarities.
        """
        x = _as_items(x)
        y = x if y is None else _as_items(y)
        if not len(x) or not len(y):
            return jnp.zeros((len(x), len(y)), x.dtype)
        moved = as_real_array(self._moved(y), "transforms of items").astype(y.dtype)
        if moved.ndim != y.ndim + 1 or moved.shape[:1] + moved.shape[2:] != y.shape:
            raise ValueError(
                "Expected a transform of items of shape (n, *item) to (n, |G|, *item). "
                f"Got one of {y.shape} to {moved.shape}. Try action.transform."
            )
        n, size = moved.shape[:2]
        values = self.kernel(x, in_shape(moved, (n * size, *moved.shape[2:])))
        _check_pairs(values, len(x), n * size)
        return _mean_over_transforms(values, size)

    def _moved(self, items: Array) -> ArrayLike | Array:
        if has_values(items):
            return self.transform(np.array(items))  # a copy, since it may work in place
        try:
            return self.transform(items)  # type: ignore[arg-type]
        except jax.errors.TracerArrayConversionError:
            matrices = _as_matrices(self.transform, items.shape[1:])
        size, columns = matrices.shape
        flat = items.reshape(len(items), size) @ jnp.asarray(matrices, items.dtype)
        return flat.reshape(len(items), columns // size, *items.shape[1:])


def _as_matrices(
    transform: Callable[[np.ndarray], np.ndarray | Array], item_shape: tuple[int, ...]
) -> np.ndarray:
    """A linear transform of NumPy as a matrix from items to all their transforms, side by side.

    Raises:
        ValueError: If it is not linear, as it shows on a random item, or would fill the memory.
    """
    size = math.prod(item_shape)
    item = np.random.default_rng(0).normal(size=(1, *item_shape))
    expected = np.asarray(transform(item)).reshape(1, -1)
    gib = 8 * size * expected.size / 2**30
    if gib > _MATRICES_GIB:
        raise ValueError(
            "Expected a transform written in jax.numpy where items as large as these are traced: "
            f"as a matrix it takes at most {_MATRICES_GIB} GiB. Got one of NumPy, of {gib:.0f} GiB "
            f"for items of shape {item_shape}. Try tracing less, or smaller items."
        )
    units = np.eye(size).reshape(size, *item_shape)
    matrices = np.asarray(transform(units)).reshape(size, -1)
    if not np.allclose(item.reshape(1, size) @ matrices, expected, rtol=0, atol=1e-9):
        raise ValueError(
            "Expected a transform that is linear, or written in jax.numpy, where items are traced "
            "by jax.jit or the like. Got one of NumPy that is neither. Try tracing less."
        )
    return matrices


def gram(kernel: Kernel, orbits: ArrayLike | Array) -> Float[Array, "points points"]:
    """The Gram matrix of orbits, seed-major.

    Args:
        kernel: Any kernel.
        orbits: Of shape (m, |G|, *item), from `symtheory.actions.orbit`.

    Returns:
        Shape (m|G|, m|G|), indexed by (i, g), (j, h).

    Raises:
        ValueError: If the kernel cannot be called, or the orbits are of another shape or not
            finite.
    """
    as_callable(kernel, "kernel", "of items")
    points, _ = _flatten(orbits)
    return kernel(points)


def first_rows(kernel: Kernel, orbits: ArrayLike | Array) -> Float[Array, "m m order"]:
    """The first rows κ_ij(h) = k(seed_i, h·seed_j), which determine an invariant Gram matrix.

    Use it where the action is exact and the kernel invariant: it needs m rows of the Gram matrix
    where `gram` computes m|G|.

    Returns:
        Shape (m, m, |G|).

    Raises:
        ValueError: As `gram`, or if the kernel gives another number of similarities.
    """
    as_callable(kernel, "kernel", "of items")
    points, order = _flatten(orbits)
    m = len(points) // order
    seeds = jnp.asarray(on_host(points)[::order])
    rows = kernel(seeds, points)
    _check_pairs(rows, m, len(points))
    return in_shape(rows, (m, m, order))


def as_vectors(
    x: ArrayLike | Array, y: ArrayLike | Array | None = None
) -> tuple[Array, Array, bool]:
    """Items as rows of floats, of shape (n, d): (x, y, whether y is x).

    Raises:
        ValueError: If x is not an array of items with entries, or y has items of another shape.
    """
    x = _as_items(x)
    size = math.prod(x.shape[1:])
    if y is None:
        x = in_shape(x, (len(x), size))
        return x, x, True
    y = _as_items(y)
    if y.shape[1:] != x.shape[1:]:
        raise ValueError(
            f"Expected items of one shape. Got {x.shape[1:]} in x and {y.shape[1:]} in y. "
            "Try item[None] for a single one."
        )
    return in_shape(x, (len(x), size)), in_shape(y, (len(y), size)).astype(x.dtype), False


def squared_distances(x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
    """All squared Euclidean distances ‖x_a - y_b‖², by differences, of shape (n, n').

    Expanding the square would be faster, and would lose all digits of small distances.
    """
    x, y, _ = as_vectors(x, y)
    return _squared_distances(x, y)


@jax.jit  # where the differences of all pairs are never stored
def _squared_distances(x: Array, y: Array) -> Array:
    return jnp.sum(jnp.square(x[:, None, :] - y[None, :, :]), axis=-1)


@jax.jit
def _gaussian(x: Array, y: Array, inverse_length: Array) -> Array:
    return jnp.exp(-jnp.square(inverse_length) * _squared_distances(x, y))


@jax.jit
def _inner_products(x: Array, y: Array) -> Array:
    return x @ y.T


@partial(jax.jit, static_argnames="size")
def _mean_over_transforms(values: Array, size: int) -> Array:
    n, columns = values.shape
    return values.reshape(n, columns // size, size).mean(axis=-1)


def _check_pairs(values: ArrayLike | Array, n: int, columns: int) -> None:
    """Raise a ValueError unless a kernel gave one number for each pair of items."""
    if np.shape(values) != (n, columns):
        raise ValueError(
            f"Expected a kernel that takes {n} and {columns} items to a matrix of as many rows "
            f"and columns. Got shape {np.shape(values)}. Try k(x, y) of shape (len(x), len(y))."
        )


def _as_items(x: ArrayLike | Array) -> Array:
    x = as_real_array(x, "items")
    if x.ndim < 2 or 0 in x.shape[1:]:
        raise ValueError(
            f"Expected an array of items, of shape (n, *item). Got shape {x.shape}. "
            "Try x[None] for a single item, or x[:, None] for scalars."
        )
    return x


def _flatten(orbits: ArrayLike | Array) -> tuple[Array, int]:
    """The points of orbits, seed-major, and how many an orbit has."""
    orbits = as_real_array(orbits, "orbits")
    if orbits.ndim < 3 or 0 in orbits.shape[1:]:
        raise ValueError(
            f"Expected orbits of shape (m, |G|, *item). Got shape {orbits.shape}. "
            "Try symtheory.actions.orbit(seeds, action)."
        )
    m, order = orbits.shape[:2]
    return in_shape(orbits, (m * order, *orbits.shape[2:])), order
