"""What is handed in as items: orbits, or seeds and what transforms them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_callable, as_real_values
from symtheory.actions import Action, orbit
from symtheory.groups import FiniteGroup

__all__ = ["Items", "Prepare", "Transform", "read_items"]

Transform = Callable[[NDArray[np.float64], int], ArrayLike]
Prepare = Callable[[NDArray[np.float64]], ArrayLike]

# Of what transforms change. Rotations by interpolation miss their products by up to .02 on the
# digits that come with scikit-learn and .08 on MNIST (N = 3 to 16); a wrong group, or a map that is
# no action, by about 1.
ACTION_TOLERANCE = 0.25
EXACT = 1e-6  # transforms may compute in single precision
_SEEDS = 8  # on which products are tried, and
_ELEMENTS = 8  # with how many elements


@dataclass(frozen=True, eq=False)
class Items:
    """Orbits of seeds, and how they came about.

    Attributes:
        orbits: As a network sees them, of shape (m, |G|, *item), seed-major.
        interpolated: The elements that change more than the pose of an item: those that do not act
            exactly. None where that is not known, as of orbits without an action.
        action: What made the orbits, where that is an `Action`.
        action_defect: How far (gh)·x is from g·(h·x), of what transforms change, in the root mean
            square over a few seeds and elements; None where orbits are given.
        from_the_right: Whether the transforms act from the right, (x·g)·h = x·(gh), and the orbits
            hold those of the inverses, x·g⁻¹, which act from the left.
    """

    orbits: NDArray[np.float64]
    interpolated: NDArray[np.intp] | None = None
    action: Action | None = None
    action_defect: float | None = None
    from_the_right: bool = False


def read_items(
    items: ArrayLike,
    group: FiniteGroup | Action,
    transform: Transform | None = None,
    prepare: Prepare | None = None,
) -> Items:
    """The orbits.

    Args:
        items: Orbits, of shape (m, |G|, *item); or their seeds, of shape (m, *item), if the group
            is an action or there is a transform.
        group: As of `symtheory.diagnosis.diagnose`.
        transform: Likewise.
        prepare: Likewise.

    Raises:
        ValueError: If shapes do not fit, a value is not finite, or the transform is no action of
            the group.
    """
    if prepare is not None:
        as_callable(prepare, "prepare", "of orbits")
    if transform is not None:
        as_callable(transform, "transform", "of items and an element")
        if isinstance(group, Action):
            raise ValueError(
                f"Expected a group with a transform. Got {group.name}, an action, which has one. "
                "Try group=action.group, or no transform."
            )
        found = _transformed(items, group, transform)
    elif isinstance(group, Action):
        exact = np.array(group.exact_elements)
        orbits = orbit(items, group)
        found = Items(
            orbits,
            np.setdiff1d(group.group.elements, exact),
            group,
            0.0 if group.exact else _defects(orbits, group.group, group.transform)[0],
        )
    else:
        found = Items(_orbits(items, group))
    if prepare is None:
        return found
    # A copy, since they may be the user's own, and it may work in place.
    prepared = as_real_values(prepare(found.orbits.copy()), "prepared orbits")
    if prepared.shape[:2] != found.orbits.shape[:2] or prepared.ndim < 3:
        raise ValueError(
            f"Expected prepare to keep the first two axes of orbits, {found.orbits.shape[:2]}. "
            f"Got shape {prepared.shape} from {found.orbits.shape}. "
            "Try symtheory.datasets.normalize."
        )
    return replace(found, orbits=prepared)


def _orbits(items: ArrayLike, group: FiniteGroup) -> NDArray[np.float64]:
    """Orbits, of shape (m, |G|, *item)."""
    orbits = as_real_values(items, "items")
    if orbits.ndim < 3 or orbits.shape[1] != group.order or not orbits.size:
        raise ValueError(
            f"Expected orbits of {group.name}, of shape (m, {group.order}, *item). "
            f"Got shape {orbits.shape}. Try group=action, with seeds as items: an action of "
            "symtheory.actions makes their orbits."
        )
    return orbits


def _transformed(items: ArrayLike, group: FiniteGroup, transform: Transform) -> Items:
    """The orbits by a callable of the user, which is tried on some of the seeds."""
    seeds = as_real_values(items, "items")
    if seeds.ndim < 2 or not seeds.size:
        raise ValueError(
            f"Expected seeds of shape (m, *item). Got shape {seeds.shape}. "
            "Try seeds[None] for a single item."
        )

    def poses(some: NDArray[np.float64]) -> NDArray[np.float64]:
        found = []
        for g in group.elements.tolist():
            moved = as_real_values(transform(some.copy(), g), "transformed items")
            if moved.shape != some.shape:
                raise ValueError(
                    f"Expected transform(items, g) to keep the shape of items, {some.shape}. "
                    f"Got {moved.shape} for {group.label(g)}. Try one that takes all at once."
                )
            found.append(moved)
        return np.stack(found, axis=1)

    orbits = poses(seeds)
    left, right = _defects(orbits, group, poses)
    if not min(left, right) <= ACTION_TOLERANCE:  # not >: NaN is no action
        raise ValueError(
            f"Expected transform to be an action of {group.name} on items: transform(x, 0) is x, "
            "and transform(transform(x, h), g) is transform(x, gh). Got a difference of "
            f"{min(left, right):.0%} of what it changes, on {min(_SEEDS, len(seeds))} items, from "
            "the left or from the right. Try another group, or another order of its elements "
            "(group.labels)."
        )
    from_the_right = right < left
    if from_the_right:
        orbits = orbits[:, group.inverse]
    defect = min(left, right)
    interpolated = group.elements[1:] if defect > EXACT else group.elements[:0]
    return Items(orbits, interpolated, None, defect, from_the_right)


def _defects(
    orbits: NDArray[np.float64],
    group: FiniteGroup,
    poses: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> tuple[float, float]:
    """How far g·(h·x) is from (gh)·x, and from (hg)·x, of what transforms change.

    Tried on a few seeds x and elements h, and all g; the identity is among either.
    """
    some = orbits[np.linspace(0, len(orbits) - 1, min(_SEEDS, len(orbits))).astype(int)]
    drawn = np.random.default_rng(0).permutation(group.order)[:_ELEMENTS]
    gaps, size = np.zeros(2), 0.0
    for h in np.union1d([0], np.union1d(group.generators, drawn)).tolist():
        again = poses(some[:, h])
        products = group.multiply(group.elements, h), group.multiply(h, group.elements)
        gaps += [np.square(again - some[:, product]).sum() for product in products]
        size += np.square(again - some.mean(axis=1, keepdims=True)).sum()
    left, right = np.sqrt(gaps / size) if size else gaps
    return float(left), float(right)
