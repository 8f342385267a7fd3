"""Which elements of a group leave an item as it is."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Bool
from numpy.typing import ArrayLike

from symtheory._checks import as_real_values

__all__ = ["stabilizers"]

_TOLERANCE = 1e-12  # of the largest entry of an item: what rounding leaves of equality


def stabilizers(orbits: ArrayLike) -> Bool[np.ndarray, "m order"]:
    """The elements g with g·x = x, for the seed x of each orbit.

    >>> from symtheory.actions import rotation_action
    >>> half_turn = rotation_action(2, (2, 2))
    >>> bar, diagonal = [[1.0, 1.0], [0.0, 0.0]], [[1.0, 0.0], [0.0, 1.0]]
    >>> stabilizers(half_turn.transform(np.array([bar, diagonal]))).tolist()
    [[True, False], [True, True]]

    Args:
        orbits: Of shape (m, |G|, *item), as `symtheory.actions.orbit` gives them.

    Returns:
        Booleans of shape (m, |G|); the identity, element 0, is always among them.

    Raises:
        ValueError: If the orbits have another shape, are of no element, or are not finite.
    """
    orbits = as_real_values(orbits, "orbits")
    if orbits.ndim < 2 or orbits.shape[1] == 0:
        raise ValueError(
            f"Expected orbits of shape (m, |G|, *item). Got shape {orbits.shape}. "
            "Try symtheory.actions.orbit(seeds, action)."
        )
    m, order = orbits.shape[:2]
    size = math.prod(orbits.shape[2:])
    points = orbits.reshape(m, order, size)
    largest = np.abs(points[:, 0]).max(axis=-1, initial=0.0)
    # Items that are equal have equal projections: one product finds the few that may be.
    weights = np.random.default_rng(0).uniform(-1, 1, size)
    projections = points @ weights
    gap = np.abs(projections - projections[:, :1])
    same = gap <= _TOLERANCE * max(size, 1) * largest[:, None]
    for i, g in np.argwhere(same):
        same[i, g] = np.abs(points[i, g] - points[i, 0]).max(initial=0.0) <= _TOLERANCE * largest[i]
    return same
