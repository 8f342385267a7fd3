"""The toy model: two circles of points, one above the other."""

from __future__ import annotations

import numpy as np

from symtheory._checks import as_integer, as_number

__all__ = ["two_circles"]

_MOST_POINTS = 10_000_000  # 0.5 GB of coordinates


def two_circles(n: int, separation: float, radius: float = 1.0) -> np.ndarray:
    """Two orbits of the cyclic group of order n: rings of points, the second turned by half a step.

    Circle i lies in the plane z = i · separation; point g of it is at the angle
    2π(g + i/2)/n. Taken alternately, A0, B0, A1, B1, …, the points go once around the axis in
    2n equal steps, which is why an invariant kernel on them is circulant.

    Args:
        n: points per circle, at least 1.
        separation: distance Δ between the planes, at least 0.
        radius: radius of both circles, above 0.

    Returns:
        Float64 of shape (2, n, 3): entry (i, g) is point g of circle i.

    Raises:
        ValueError: for a number outside these ranges.

    Source: Perin & Deny (2024), figures 2 and 3.
    """
    n = as_integer(n, "the number n of points on each circle", minimum=1, maximum=_MOST_POINTS)
    separation = float(as_number(separation, "separation", minimum=0))
    radius = float(as_number(radius, "radius", above=0))
    circle = np.arange(2)[:, None]
    angle = 2 * np.pi * (np.arange(n) + circle / 2) / n
    height = np.broadcast_to(separation * circle, (2, n))
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=-1)
