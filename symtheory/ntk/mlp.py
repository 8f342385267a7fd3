r"""The kernel of infinitely wide fully connected ReLU networks.

A network in the NTK parametrization, f(x) = σ_w/√n W φ(…) + σ_b b with standard normal weights,
becomes a Gaussian process at infinite width (NNGP kernel Σ), and training it by gradient descent
becomes kernel regression (neural tangent kernel Θ; Jacot, Gabriel, Hongler 2018). With
Σ⁰ = σ_w² ⟨x, x'⟩/d + σ_b² the recursion over hidden layers is

    Σˡ⁺¹ = σ_w² κ₁(Σˡ) + σ_b²,      Θˡ⁺¹ = Σˡ⁺¹ + σ_w² Θˡ κ₀(Σˡ),      Θ⁰ = Σ⁰,

where κ₁ and κ₀ are the arc-cosine kernels of Cho and Saul (2009), equations 6 and 4.

All of it depends on the angle θ between two points in feature space, and θ must be accurate when it
is tiny: κ₀ falls linearly from θ = 0, so an error of 10⁻⁸, which is what arccos of a rounded cosine
leaves, would be an error of 10⁻⁸ in the kernel. So the recursion carries 1 - cos θ, and never finds
it by subtracting from 1, and the kernel is accurate to a few units of rounding everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._pytrees import in_precision, pytree, settle
from symtheory.kernels import as_vectors
from symtheory.ntk.relu import safe_sqrt, shrink
from symtheory.ntk.settings import network_settings

__all__ = ["BLOCK", "NEAR", "UNROLLED", "MLPKernel"]

# Below this 1 - cos θ, subtracting from 1 costs digits that matter, and differences are taken.
NEAR = 1e-2
UNROLLED = 8
BLOCK = 256  # rows and columns that are computed at once


@pytree("weight_std", "bias_std")
@dataclass(frozen=True)
class MLPKernel:
    """The kernel of an infinitely wide fully connected ReLU network with one output.

    Attributes:
        depth: The number of hidden layers, at least 1.
        weight_std: σ_w, of every layer.
        bias_std: σ_b, of every layer.
        kind: ``"ntk"`` for the network trained by gradient descent, ``"nngp"`` for the one drawn at
            random and conditioned on the data (or whose last layer alone is trained).

    Raises:
        ValueError: If an attribute is out of range.
    """

    depth: int = 1
    weight_std: float = 1.0
    bias_std: float = 1.0
    kind: Literal["ntk", "nngp"] = "ntk"

    def __post_init__(self) -> None:
        """Check the attributes."""
        stds = self.weight_std, self.bias_std
        settle(self, **network_settings(self.depth, "hidden layers", *stds, self.kind))

    def __call__(self, x: ArrayLike | Array, y: ArrayLike | Array | None = None) -> Array:
        """The kernel between x, of shape (n, *item), and y, of shape (n', *item): shape (n, n')."""
        x, y, same = as_vectors(x, y)
        return _compiled(x, y, in_precision(self, x.dtype), same)


@partial(jax.jit, static_argnames="same")
def _compiled(x: Array, y: Array, kernel: MLPKernel, same: bool) -> Array:
    """The kernel, block by block. Compiled for each depth and kind, not for each of its variances.

    A block fits into caches, and where y is x only those on and above the diagonal are computed.
    """
    rows = _Rows.of(x)
    columns = rows if same else _Rows.of(y)
    (tops, height), (lefts, width) = _intervals(len(x)), _intervals(len(y))
    corners = jnp.asarray([(i, j) for i in tops for j in lefts if i <= j or not same])

    def fill(k: Array, gram: Array) -> Array:
        i, j = corners[k]
        indices = i + jnp.arange(height)[:, None], j + jnp.arange(width)[None, :]
        identical = same & (indices[0] == indices[1])
        block = _block(rows.at(i, height), columns.at(j, width), identical, kernel)
        gram = jax.lax.dynamic_update_slice(gram, block, (i, j))
        if not same:
            return gram
        # Read back: XLA computes a block twice that goes to two places.
        block = jax.lax.dynamic_slice(gram, (i, j), (height, width))
        return jax.lax.dynamic_update_slice(gram, block.T, (j, i))

    blank = jnp.zeros((len(x), len(y)), x.dtype)
    filled: Array = jax.lax.fori_loop(0, len(corners), fill, blank)
    return filled


def _intervals(n: int) -> tuple[np.ndarray, int]:
    """Where intervals of one length begin that cover n indices, and that length."""
    count = max(1, -(-n // BLOCK))
    length = -(-n // count)
    return np.minimum(np.arange(count) * length, n - length), length


def _block(rows: _Rows, columns: _Rows, identical: Array, kernel: MLPKernel) -> Array:
    """The kernel of some rows and columns, of which some pairs are one and the same item."""
    w, b = jnp.asarray(kernel.weight_std), jnp.asarray(kernel.bias_std)
    versine, coversine = _versines(rows.unit, columns.unit, identical)
    norms = rows.norm[:, None], columns.norm[None, :]
    layer = _affine(*norms, versine, coversine, w, b)

    def hidden_layer(_: int, state: tuple[_Layer, Array]) -> tuple[_Layer, Array]:
        layer, tangent = state
        shrunk, slope = shrink(layer.versine, layer.coversine)
        layer = _affine(layer.x_norm / 2, layer.y_norm / 2, shrunk, 2 - shrunk, w, b)
        return layer, layer.covariance + jnp.square(w) * tangent * slope

    start = (layer, layer.covariance)
    # A loop of hundreds of layers is not written out for the compiler, which would take minutes.
    unrolled = kernel.depth <= UNROLLED
    layer, tangent = jax.lax.fori_loop(0, kernel.depth, hidden_layer, start, unroll=unrolled)
    return tangent if kernel.kind == "ntk" else layer.covariance


class _Layer(NamedTuple):
    """Pre-activations of one layer: squared norms, their covariance, and the angle between them."""

    x_norm: Array  # Σ(x, x), shape (n, 1)
    y_norm: Array  # Σ(y, y), shape (1, n')
    covariance: Array  # Σ(x, y), shape (n, n'), as are the rest
    versine: Array  # 1 - cos θ, without cancellation
    coversine: Array  # 1 + cos θ, without cancellation


def _affine(p: Array, q: Array, versine: Array, coversine: Array, w: Array, b: Array) -> _Layer:
    """The next pre-activations, from vectors a, a' with |a|² = p, |a'|² = q and 1 ∓ cos∠(a, a').

    They are (σ_w a, σ_b) and (σ_w a', σ_b): over their norms, (c e, s) and (c' e', s') with unit
    vectors e, e' and c² + s² = 1. So cos θ = c c' cos∠(e, e') + s s', and 1 ∓ cos θ is a sum of
    terms that are not negative, with no root and no ratio for a pair, only for an item.
    """
    x_norm, x_length, c_x, s_x = _widened(p, w, b)
    y_norm, y_length, c_y, s_y = _widened(q, w, b)
    covariance = x_length * y_length * (1 - versine) + jnp.square(b)
    mean, apart = c_x * c_y, jnp.square(c_x - c_y)
    return _Layer(
        x_norm,
        y_norm,
        covariance,
        mean * versine + (apart + jnp.square(s_x - s_y)) / 2,
        mean * coversine + (apart + jnp.square(s_x + s_y)) / 2,
    )


def _widened(p: Array, w: Array, b: Array) -> tuple[Array, Array, Array, Array]:
    """For (σ_w a, σ_b) with |a|² = p: its squared norm, |σ_w a|, and both as parts of the norm."""
    norm, length = jnp.square(w) * p + jnp.square(b), w * safe_sqrt(p)
    root = safe_sqrt(norm)
    # Without biases, an input of zeros has no direction; any will do, its covariances are 0.
    return norm, length, jnp.where(root > 0, length / _nonzero(root), 1.0), b / _nonzero(root)


class _Rows(NamedTuple):
    """Items as unit vectors, of shape (n, d), and the means of their squared entries, (n,)."""

    unit: Array
    norm: Array

    @classmethod
    def of(cls, x: Array) -> _Rows:
        """Take rows apart, of any scale: a power of two divides them first, which is exact."""
        _, exponent = jnp.frexp(jnp.max(jnp.abs(x), axis=-1, keepdims=True))
        largest = jnp.finfo(x.dtype).maxexp - 2
        exponent = jax.lax.stop_gradient(jnp.clip(exponent, -largest, largest))
        one = jnp.ones((), x.dtype)
        scaled, scale = x * jnp.ldexp(one, -exponent), jnp.ldexp(one, exponent)[:, 0]
        squares = jnp.square(scaled)
        unit = scaled / _nonzero(safe_sqrt(jnp.sum(squares, axis=-1, keepdims=True)))
        return cls(unit, jnp.mean(squares, axis=-1) * scale * scale)

    def at(self, start: Array, length: int) -> _Rows:
        """Some of them, from a start on."""
        return _Rows(*(jax.lax.dynamic_slice_in_dim(part, start, length) for part in self))


def _nonzero(x: Array) -> Array:
    """What can be divided by where x is 0."""
    return jnp.where(x > 0, x, 1.0)


def _versines(x: Array, y: Array, identical: Array) -> tuple[Array, Array]:
    """1 - cos and 1 + cos of the angles between unit vectors x and y, both without cancellation.

    Far from 0 they are one matrix product. A pair nearer than NEAR would lose digits that way; only
    where there is one, besides the identical ones, are all pairs taken again by differences.
    """
    cosine = x @ y.T
    versine = jnp.where(identical, 0.0, 1 - cosine)
    coversine = 1 + cosine

    def by_differences(_: None) -> tuple[Array, Array]:
        # Else a gradient keeps all differences, used or not. Type checkers do not know the name.
        @jax.checkpoint  # type: ignore[attr-defined]
        def row(args: tuple[Array, Array, Array]) -> tuple[Array, Array]:
            point, minus, plus = args
            chord = jnp.sum(jnp.square(point - y), axis=-1) / 2
            cochord = jnp.sum(jnp.square(point + y), axis=-1) / 2
            return jnp.where(minus < NEAR, chord, minus), jnp.where(plus < NEAR, cochord, plus)

        return jax.lax.map(row, (x, versine, coversine))

    near = ((versine < NEAR) & ~identical) | (coversine < NEAR)
    return jax.lax.cond(jnp.any(near), by_differences, lambda _: (versine, coversine), None)
