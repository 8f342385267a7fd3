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
from jax import Array
from numpy.typing import ArrayLike

from symtheory._pytrees import in_precision, pytree, settle
from symtheory.kernels import as_vectors
from symtheory.ntk.relu import safe_sqrt
from symtheory.ntk.settings import network_settings

__all__ = ["NEAR", "UNROLLED", "MLPKernel"]

# Below this 1 - cos θ, subtracting from 1 costs digits that matter, and differences are taken.
NEAR = 1e-2
UNROLLED = 8


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
    """The kernel. Compiled for each depth and kind, and not for each choice of variances."""
    w_squared, b_squared = jnp.square(kernel.weight_std), jnp.square(kernel.bias_std)
    rows, columns = _Rows.of(x), _Rows.of(y)
    versine, coversine = _versines(rows.unit, columns.unit, same)
    p, q = rows.norm[:, None], columns.norm[None, :]
    layer = _affine(p, q, versine, coversine, w_squared, b_squared)

    def hidden_layer(_: int, state: tuple[_Layer, Array]) -> tuple[_Layer, Array]:
        layer, tangent = state
        angle = jnp.arctan2(layer.sine, layer.cosine)
        slope = (jnp.pi - angle) / (2 * jnp.pi)  # κ₀
        # κ₁ is half the geometric mean of the norms times 1 - `shrunk`.
        shrunk = layer.versine - (layer.sine - angle * layer.cosine) / jnp.pi
        p, q = layer.x_norm / 2, layer.y_norm / 2
        layer = _affine(p, q, shrunk, 2 - shrunk, w_squared, b_squared)
        return layer, layer.covariance + w_squared * tangent * slope

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
    cosine: Array
    sine: Array
    versine: Array  # 1 - cosine, without the cancellation


def _affine(
    p: Array, q: Array, versine: Array, coversine: Array, w_squared: Array, b_squared: Array
) -> _Layer:
    """The next pre-activations, from vectors a, b with |a|² = p, |b|² = q and 1 ∓ cos∠(a, b).

    The covariance is that of (σ_w a, σ_b) and (σ_w b, σ_b). Lagrange's identity writes the squared
    sine of their angle as a sum of non-negative terms, so that nothing cancels.
    """
    p, q = w_squared * p, w_squared * q
    p_root, q_root = safe_sqrt(p), safe_sqrt(q)
    mean = p_root * q_root
    gap = jnp.square(p_root - q_root) + 2 * mean * versine  # |σ_w a - σ_w b|²
    covariance = mean * (1 - versine) + b_squared
    x_norm, y_norm = p + b_squared, q + b_squared
    # Roots and ratios are multiplied, never squared norms: those of large items would overflow.
    scale = safe_sqrt(x_norm) * safe_sqrt(y_norm)
    area = (p / _nonzero(x_norm)) * (q / _nonzero(y_norm)) * versine * coversine
    smaller, larger = (_nonzero(f(x_norm, y_norm)) for f in (jnp.minimum, jnp.maximum))
    sine = safe_sqrt(area + (b_squared / smaller) * (gap / larger))
    # Without biases, an input of zeros has no direction; call its angle 0.
    cosine = jnp.where(scale > 0, covariance / _nonzero(scale), 1.0)
    versine = jnp.where(cosine > 0, jnp.square(sine) / (1 + jnp.abs(cosine)), 1 - cosine)
    return _Layer(x_norm, y_norm, covariance, cosine, sine, versine)


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


def _nonzero(x: Array) -> Array:
    """What can be divided by where x is 0."""
    return jnp.where(x > 0, x, 1.0)


def _versines(x: Array, y: Array, same: bool) -> tuple[Array, Array]:
    """1 - cos and 1 + cos of the angles between unit vectors x and y, both without cancellation.

    Far from 0 they are one matrix product. A pair nearer than NEAR would lose digits that way; only
    where there is one, besides the diagonal, are all pairs taken again by differences.
    """
    cosine = x @ y.T
    diagonal = jnp.eye(len(x), dtype=bool) if same else jnp.zeros(cosine.shape, dtype=bool)
    versine = jnp.where(diagonal, 0.0, 1 - cosine)
    coversine = 1 + cosine

    def by_differences(_: None) -> tuple[Array, Array]:
        def row(args: tuple[Array, Array, Array]) -> tuple[Array, Array]:
            point, minus, plus = args
            chord = jnp.sum(jnp.square(point - y), axis=-1) / 2
            cochord = jnp.sum(jnp.square(point + y), axis=-1) / 2
            return jnp.where(minus < NEAR, chord, minus), jnp.where(plus < NEAR, cochord, plus)

        return jax.lax.map(row, (x, versine, coversine))

    near = ((versine < NEAR) & ~diagonal) | (coversine < NEAR)
    return jax.lax.cond(jnp.any(near), by_differences, lambda _: (versine, coversine), None)
