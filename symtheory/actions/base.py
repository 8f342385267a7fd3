"""What an action is, and the orbits that it sweeps out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from symtheory.groups import FiniteGroup


@dataclass(frozen=True, eq=False)
class Action:
    """A finite group acting on arrays of one shape.

    Attributes:
        name: For people, such as ``"rotations of a 28×28 image by multiples of 45°"``.
        group: The group that acts.
        item_shape: The shape of one item.
        exact: Whether (gh)·x = g·(h·x) holds to rounding error.
        transform: Takes items of shape (m, *item_shape) to (m, |G|, *item_shape).
        exact_elements: The elements h with (hg)·x = h·(g·x) for all g, to rounding: a subgroup, as
            quarter turns are among rotations. If not given, all where the action is exact, else
            the identity.
    """

    name: str
    group: FiniteGroup
    item_shape: tuple[int, ...]
    exact: bool
    transform: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    exact_elements: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Fill in what follows from the action being exact or not."""
        if not self.exact_elements:
            every = tuple(range(self.group.order)) if self.exact else (0,)
            object.__setattr__(self, "exact_elements", every)


def orbit(seeds: ArrayLike, action: Action) -> Float[np.ndarray, "m order *item"]:
    """The orbits of some seeds: entry (i, g) is g·seed_i.

    Args:
        seeds: Items to transform, of shape (m, *item_shape).
        action: What transforms them.

    Returns:
        An array of shape (m, |G|, *item_shape), float64. Element g = 0 is the identity, so that
        ``orbit(seeds, action)[:, 0]`` are the seeds.

    Raises:
        ValueError: If the seeds have another shape than the action expects, or are not finite.
    """
    items = np.asarray(seeds, dtype=np.float64)
    if items.shape[1:] != action.item_shape or items.ndim == 0:
        hint = " Try seeds[None] for a single item." if items.shape == action.item_shape else ""
        raise ValueError(
            f"Expected seeds of shape (m, {', '.join(map(str, action.item_shape))}) for "
            f"{action.name}. Got shape {items.shape}.{hint}"
        )
    if not np.isfinite(items).all():
        raise ValueError("Expected finite seeds. Got NaN or infinity. Try cleaning the data first.")
    return action.transform(items)
