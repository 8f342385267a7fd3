"""What a ReLU does to covariances, accurate at every angle."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import ArrayLike

from symtheory._checks import as_integer, as_real_array, has_values

__all__ = ["Activation", "arc_cosine", "relu", "safe_sqrt", "shrink", "sine_and_angle"]


def arc_cosine(cosine: ArrayLike | Array, order: int) -> Array:
    """The arc-cosine kernels of unit vectors: E[φ'(u)φ'(v)] (order 0), E[φ(u)φ(v)] (order 1).

    For standard normal (u, v) with the given correlation, and φ the ReLU. κ₀ = (π - θ)/2π and
    κ₁ = (sin θ + (π - θ) cos θ)/2π (Cho and Saul 2009, up to their factor 2).

    >>> [round(float(arc_cosine(1.0, order)), 3) for order in (0, 1)]
    [0.5, 0.5]

    Args:
        cosine: Correlations, in [-1, 1] but for rounding; traced ones beyond give NaN.
        order: 0 or 1.

    Raises:
        ValueError: If a correlation or the order is out of range.
    """
    order = as_integer(order, "order", minimum=0, maximum=1)
    cosine = as_real_array(cosine, "correlations")
    largest = 1 + 1e3 * float(jnp.finfo(cosine.dtype).eps)
    if has_values(cosine) and (np.abs(np.asarray(cosine)) > largest).any():
        raise ValueError(
            f"Expected correlations in [-1, 1]. Got {np.abs(np.asarray(cosine)).max():.6g}. "
            "Try dividing inner products by the norms."
        )
    return _arc_cosine(cosine, order, largest)


@partial(jax.jit, static_argnames=("order", "largest"))
def _arc_cosine(cosine: Array, order: int, largest: float) -> Array:
    inside = jnp.abs(cosine) <= largest
    cosine = jnp.where(inside, jnp.clip(cosine, -1.0, 1.0), jnp.nan)
    sine = safe_sqrt((1 - cosine) * (1 + cosine))
    angle = jnp.arctan2(sine, cosine)
    if order == 0:
        return (jnp.pi - angle) / (2 * jnp.pi)
    return (sine + (jnp.pi - angle) * cosine) / (2 * jnp.pi)


class Activation(NamedTuple):
    """ReLU features of pairs of Gaussians: gap and covariance of φ(u), φ(v), and their slope.

    Attributes:
        gap: E(φ(u) - φ(v))², which stays accurate where u and v nearly agree.
        covariance: E φ(u)φ(v).
        slope: E φ'(u)φ'(v), the arc-cosine kernel κ₀.
    """

    gap: Array
    covariance: Array
    slope: Array


def relu(x_root: Array, y_root: Array, versine: Array) -> Activation:
    """ReLU features of two Gaussians of standard deviations √E u², √E v² and angle θ.

    Args:
        x_root: √E u², of a shape that broadcasts with the others.
        y_root: √E v².
        versine: 1 - cos θ, between 0 and 2.
    """
    shrunk, slope = shrink(versine, 2 - versine)
    mean = x_root * y_root
    gap = jnp.square(x_root - y_root) / 2 + mean * shrunk
    return Activation(gap, mean * (1 - shrunk) / 2, slope)


def shrink(versine: Array, coversine: Array) -> tuple[Array, Array]:
    """What a ReLU makes of an angle: 1 - κ₁/κ₁(0) and the slope κ₀, from 1 - cos θ and 1 + cos θ.

    The first is the 1 - cos θ of the angle between the ReLU features.
    """
    sine, angle = sine_and_angle(versine, coversine)
    shrunk = versine - (sine - angle * (1 - versine)) / jnp.pi
    return shrunk, (jnp.pi - angle) / (2 * jnp.pi)


def sine_and_angle(versine: Array, coversine: Array | None = None) -> tuple[Array, Array]:
    """Sin θ and θ from 1 - cos θ, and near θ = π from 1 + cos θ, where that is known.

    θ = 2 arcsin √(v/2) is √(2v) times a function that is analytic where the cosine is positive, and
    a polynomial gives that to the last digit, several times faster than an arctangent.
    """
    coversine = 2 - versine if coversine is None else coversine
    near = jnp.minimum(versine, coversine)
    ratio = jnp.full_like(near, _ANGLE[-1])
    for coefficient in _ANGLE[-2::-1]:
        ratio = ratio * near + coefficient
    small = safe_sqrt(2 * near) * ratio
    angle = jnp.where(versine > coversine, jnp.pi - small, small)
    return safe_sqrt(versine * coversine), angle


def _angle_polynomial(degree: int) -> tuple[float, ...]:
    """Coefficients of arcsin(s)/s with s = √(v/2), for v from 0 to 1, in powers of v."""
    k = np.arange(1, 60)
    series = np.cumprod((2 * k - 1) ** 2 / (4 * k * (2 * k + 1)))  # of v, v², …
    # The constant is 1; a fit that had to find it would round it.
    rest = Polynomial(series)
    fit = Chebyshev.interpolate(rest, degree - 1, domain=[0, 1]).convert(kind=Polynomial)
    return (1.0, *fit.coef.tolist())


_ANGLE = _angle_polynomial(18)


def safe_sqrt(x: Array) -> Array:
    """The square root, with derivative 0 instead of infinity at 0; 0 below, and NaN of NaN.

    A ReLU kernel has a kink where two inputs coincide; 0 is the mean of its one-sided slopes.
    """
    zero = x <= 0
    return jnp.where(zero, 0.0, jnp.sqrt(jnp.where(zero, 1.0, x)))
