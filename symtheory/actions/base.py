"""What an action is, and the orbits that it sweeps out."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import SymmetryWarning, as_integer, as_real_values, as_sizes, warn
from symtheory.actions.probes import Transform, check_poses, check_transform, written
from symtheory.actions.stabilizers import stabilizers
from symtheory.groups import FiniteGroup, subgroup

__all__ = ["Action", "orbit"]


@dataclass(frozen=True)
class Action:
    """A finite group acting on arrays of one shape.

    Actions are values: they are equal if their parts are, and can be pickled if their transform
    can, as those of this package can.

    Attributes:
        name: For people, such as ``"rotations of a 28×28 image by multiples of 45°"``.
        group: The group that acts.
        item_shape: The shape of one item. Images are (height, width) or (height, width, channels).
        exact: Whether (gh)·x = g·(h·x) holds to rounding error.
        transform: Takes items of shape (m, *item_shape) to (m, |G|, *item_shape).
        exact_elements: The elements h with (hg)·x = h·(g·x) for all g, to rounding: a subgroup, as
            quarter turns are among rotations. If not given, all where the action is exact, else
            the identity.

    Raises:
        ValueError: If the exact elements are no subgroup in increasing order, or do not act
            exactly on a random item (see `symtheory.actions.probes`); if the transform gives
            another shape.
    """

    name: str
    group: FiniteGroup
    item_shape: tuple[int, ...]
    exact: bool
    transform: Transform = field(repr=False)
    exact_elements: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Fill in what follows from the action being exact or not, and try out what it claims."""
        every = tuple(range(self.group.order))
        if len(self.exact_elements):
            elements = tuple(as_integer(h, "exact element") for h in self.exact_elements)
            _check_subgroup(elements, self.group, exact=bool(self.exact))
        else:
            elements = every if self.exact else (0,)
        object.__setattr__(self, "exact", bool(self.exact))
        object.__setattr__(self, "item_shape", as_sizes(self.item_shape, "item_shape"))
        object.__setattr__(self, "exact_elements", elements)
        check_transform(self.name, self.group, self.item_shape, self.transform, elements)


def orbit(
    seeds: ArrayLike, action: Action, *, allow_copies: bool = False
) -> Float[np.ndarray, "m order *item"]:
    """The orbits of some seeds: entry (i, g) is g·seed_i.

    Args:
        seeds: Items to transform, of shape (m, *item_shape).
        action: What transforms them.
        allow_copies: Do not warn of seeds that some g ≠ e leaves as they are.

    Returns:
        An array of shape (m, |G|, *item_shape), float64. Element g = 0 is the identity, so that
        ``orbit(seeds, action)[:, 0]`` are the seeds.

    Raises:
        ValueError: If the seeds have another shape than the action expects, or are not finite; if
            the transform gives another shape, or what is no finite real number.

    Warns:
        SymmetryWarning: If a seed, not blank, looks the same after some g ≠ e: its orbit holds
            copies, and a pose that is held out of it is still there.
    """
    items = as_real_values(seeds, "seeds")
    if items.shape[1:] != action.item_shape or items.ndim == 0:
        single = items.shape == action.item_shape
        hint = "seeds[None] for a single item" if single else "an action made for such items"
        raise ValueError(
            f"Expected seeds of shape {written('m', *action.item_shape)} for {action.name}. "
            f"Got shape {items.shape}. Try {hint}."
        )
    if not len(items):
        return np.empty((0, action.group.order, *action.item_shape))
    # A transform of one's own may compute in another precision, in JAX, or in place.
    poses = as_real_values(action.transform(np.array(items)), f"transforms of {action.name}")
    check_poses(action.name, action.group, items, poses)
    if not allow_copies:
        _warn_of_copies(poses, action)
    return poses


def _check_subgroup(elements: tuple[int, ...], group: FiniteGroup, *, exact: bool) -> None:
    """Raise a ValueError unless elements are a subgroup, increasing, and all of it if exact."""
    asked = f"Expected the exact elements of an action of {group.name}"
    if list(elements) != sorted(set(elements)) or elements[0] != 0 or elements[-1] >= group.order:
        raise ValueError(
            f"{asked} in increasing order, each once, from 0 to at most {group.order - 1}. "
            f"Got {elements}. Try sorted(set(elements))."
        )
    if exact != (len(elements) == group.order):
        raise ValueError(
            f"{asked} to be all {group.order} if and only if it is exact. Got {len(elements)} with "
            f"exact={exact}. Try leaving exact_elements out of an exact action."
        )
    if not exact and subgroup(group, elements).source.order != len(elements):
        raise ValueError(
            f"{asked} to be closed under products. Got {elements}, which is no subgroup. "
            "Try subgroup(group, elements).images."
        )


def _warn_of_copies(poses: NDArray[np.float64], action: Action) -> None:
    """Warn of seeds that look the same after an element that is not the identity."""
    same = stabilizers(poses)
    same[:, 0] = False
    same[~poses[:, 0].reshape(len(poses), -1).any(axis=1)] = False  # a blank frame is no item
    if same.any():
        seed, element = (int(place) for place in np.argwhere(same)[0])
        warn(
            f"Expected seeds that every element of {action.group.name} moves. Got "
            f"{int(same.any(axis=1).sum())} of {len(same)} that look the same after some: seed "
            f"{seed} after {action.group.label(element)}. A copy of a held-out pose of it is in "
            "the training set, and its error says nothing about transforms. Try leaving such seeds "
            "out (symtheory.actions.stabilizers finds them), or a group that moves them; where "
            "they are meant, allow_copies=True.",
            SymmetryWarning,
        )
