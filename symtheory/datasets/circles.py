"""Toy problems: two circles of points, one above the other, and seven points on a circle."""

from __future__ import annotations

import numpy as np

from symtheory._checks import as_integer, as_number
from symtheory.datasets.base import Dataset, source_hash

__all__ = ["seven_points", "two_circles"]

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


def seven_points() -> Dataset:
    """Seven points on the unit circle, labeled +1 and -1: the first example of the book.

    Returns:
        A `Dataset` whose images are the points, of one row and two columns, (7, 1, 2).
    """
    degrees = np.array([10, 55, 100, 165, 200, 250, 310])
    labels = np.array([1, 1, -1, -1, -1, 1, 1])
    radians = np.deg2rad(degrees)
    points = np.stack([np.cos(radians), np.sin(radians)], axis=-1)
    # Degrees are multiples of five, and labels have a sign: a byte each.
    return Dataset("seven-points", points[:, None], labels, source_hash(degrees // 5, labels % 3))
