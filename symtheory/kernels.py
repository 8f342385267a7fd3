"""What a kernel is, two of the simplest, and the average over transforms of any.

A kernel is called as ``kernel(x)`` or ``kernel(x, y)`` on items of any one shape, and returns all
their pairwise similarities. Any callable that does so is a kernel here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import jax.numpy as jnp
import numpy as np
from jax import Array
from jaxtyping import Float
from numpy.typing import ArrayLike


@runtime_checkable
class Kernel(Protocol):
    """A similarity between items; ``kernel(x, y)[a, b]`` is k(x_a, y_b)."""

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """All similarities between x, of shape (n, *item), and y, of shape (n', *item).

        Without y, the Gram matrix of x with itself. Returns shape (n, n').
        """
        ...


@dataclass(frozen=True)
class RBF:
    """The Gaussian kernel k(x, y) = exp(-L² ‖x - y‖²).

    Attributes:
        inverse_length: L, in inverse units of the data; L = 1/(√2 ℓ) for the usual length scale ℓ.
    """

    inverse_length: float = 1.0

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """All similarities between x and y; see `Kernel`."""
        return jnp.exp(-jnp.square(self.inverse_length) * squared_distances(x, y))


@dataclass(frozen=True)
class Linear:
    """The linear kernel k(x, y) = ⟨x, y⟩."""

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """All similarities between x and y; see `Kernel`."""
        x, y, _ = as_vectors(x, y)
        return x @ y.T


@dataclass(frozen=True)
class Averaged:
    """A kernel averaged over transforms of one of its arguments, k̄(x, y) = (1/|G|) Σ_g k(x, gy).

    If k is invariant, k(gx, gy) = k(x, y), this is invariant in each argument by itself, and orbits
    collapse to points. Regression with it equals regression with k on the augmented data set, all
    transforms of every training point, at every training time.

    Attributes:
        kernel: Any kernel.
        transform: Takes items of shape (n, *item) to all their transforms, of shape
            (n, |G|, *item), as the ``transform`` of a `symtheory.actions.Action` does.
    """

    kernel: Kernel
    transform: Callable[[np.ndarray], np.ndarray]

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """All similarities between x and y; see `Kernel`."""
        moved = self.transform(np.asarray(x if y is None else y))
        n, size = moved.shape[:2]
        values = self.kernel(x, moved.reshape(n * size, *moved.shape[2:]))
        return values.reshape(len(values), n, size).mean(axis=-1)


def gram(kernel: Kernel, orbits: ArrayLike | Array) -> Float[Array, "points points"]:
    """The Gram matrix of orbits, seed-major.

    Args:
        kernel: Any kernel.
        orbits: Of shape (m, |G|, *item), from `symtheory.actions.orbit`.

    Returns:
        Shape (m|G|, m|G|), indexed by (i, g), (j, h).
    """
    return kernel(_flatten(orbits))


def first_rows(kernel: Kernel, orbits: ArrayLike | Array) -> Float[Array, "m m order"]:
    """The first rows κ_ij(h) = k(seed_i, h·seed_j), which determine an invariant Gram matrix.

    Use it where the action is exact and the kernel invariant: it needs m rows of the Gram matrix
    where `gram` computes m|G|.

    Returns:
        Shape (m, m, |G|).
    """
    m, order = np.shape(orbits)[:2]
    points = _flatten(orbits)
    return kernel(points[:: int(order)], points).reshape(m, m, order)


def as_vectors(
    x: ArrayLike | Array, y: ArrayLike | Array | None = None
) -> tuple[Array, Array, bool]:
    """Items as rows of floats: (x, y, whether y is x).

    Raises:
        ValueError: If x is not an array of items, or y has items of another shape.
    """
    x = jnp.asarray(x)
    if x.ndim < 2:
        raise ValueError(
            f"Expected an array of items, of shape (n, *item). Got shape {x.shape}. "
            "Try x[None] for a single item, or x[:, None] for scalars."
        )
    same = y is None
    y = x if y is None else jnp.asarray(y)
    if y.shape[1:] != x.shape[1:]:
        raise ValueError(
            f"Expected items of one shape. Got {x.shape[1:]} in x and {y.shape[1:]} in y."
        )
    if not jnp.issubdtype(x.dtype, jnp.floating):
        x = x.astype(jnp.result_type(float))
    return x.reshape(len(x), -1), y.reshape(len(y), -1).astype(x.dtype), same


def squared_distances(x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
    """All squared Euclidean distances ‖x_a - y_b‖², by differences, of shape (n, n').

    Expanding the square would be faster, and would lose all digits of small distances.
    """
    x, y, _ = as_vectors(x, y)
    return jnp.sum(jnp.square(x[:, None, :] - y[None, :, :]), axis=-1)


def _flatten(orbits: ArrayLike | Array) -> Array:
    orbits = jnp.asarray(orbits)
    if orbits.ndim < 3:
        raise ValueError(
            f"Expected orbits of shape (m, |G|, *item). Got shape {orbits.shape}. "
            "Try symtheory.actions.orbit(seeds, action)."
        )
    return orbits.reshape(-1, *orbits.shape[2:])
