"""Actions made of others: of two groups at once, and of a subgroup."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from symtheory.actions.base import Action
from symtheory.actions.probes import (
    EXACT,
    commutators,
    product_defect,
    smooth_item,
    white_noise,
)
from symtheory.groups import Homomorphism, direct_product

__all__ = ["product_action", "restrict"]


@dataclass(frozen=True)
class _OneAfterAnother:
    """(g, h)·x = g·(h·x)."""

    first: Action
    second: Action

    def __call__(self, items: NDArray[np.float64]) -> NDArray[np.float64]:
        shape = self.first.item_shape
        once = self.second.transform(items)
        twice = self.first.transform(once.reshape(-1, *shape))
        twice = twice.reshape(*once.shape[:2], -1, *shape)  # (m, h, g, *item)
        return twice.swapaxes(1, 2).reshape(len(items), -1, *shape)


@dataclass(frozen=True)
class _Along:
    """h·x = φ(h)·x, with the images φ(h) of all h."""

    action: Action
    images: tuple[int, ...]

    def __call__(self, items: NDArray[np.float64]) -> NDArray[np.float64]:
        poses = np.asarray(self.action.transform(items), dtype=np.float64)
        return poses[:, list(self.images)]


def product_action(first: Action, second: Action) -> Action:
    """The direct product of two groups whose actions commute: (g, h)·x = g·(h·x).

    Shifts along two axes, for example:

    >>> from symtheory.actions import translation_action
    >>> rows, columns = (translation_action(4, (28, 28), axis=axis) for axis in (0, 1))
    >>> product_action(rows, columns).group
    FiniteGroup('C4×C4', order=16)

    What acts exactly must commute to rounding. Actions by interpolation may miss by what they miss
    the products of their own groups by: rotations by eighths and by thirds commute, within 0.2 of
    a smooth item where their own products are off by 0.5; rotations and shifts do not, with 1.4.

    Args:
        first: Of a group G on items of some shape.
        second: Of a group H on items of the same shape.

    Raises:
        ValueError: If the shapes differ, or the actions do not commute.
    """
    if first.item_shape != second.item_shape:
        raise ValueError(
            "Expected two actions on items of one shape. "
            f"Got {first.item_shape} and {second.item_shape}. Try making both for one shape."
        )
    commute = commutators(first.transform, second.transform, white_noise(first.item_shape)) <= EXACT
    exact_first, exact_second = np.array(first.exact_elements), np.array(second.exact_elements)
    if not commute[np.ix_(exact_first, exact_second)].all() or not _nearly_commute(first, second):
        raise ValueError(
            f"Expected actions that commute. Got {first.name}, and {second.name}. "
            "Try a semidirect product of the groups, and an action of your own."
        )
    # (g, h) is exact where g and h are, and each commutes with all that the other group does.
    lefts = exact_first[commute[exact_first].all(axis=1)]
    rights = exact_second[commute[:, exact_second].all(axis=0)]
    group = direct_product(first.group, second.group)
    exact_elements = tuple((lefts[:, None] * second.group.order + rights).ravel().tolist())
    return Action(
        f"{first.name}; {second.name}",
        group,
        first.item_shape,
        len(exact_elements) == group.order,
        _OneAfterAnother(first, second),
        exact_elements,
    )


def restrict(action: Action, homomorphism: Homomorphism) -> Action:
    """The action of a subgroup; of any homomorphism φ, that of its source: h·x = φ(h)·x.

    It is exact where the image of φ is, so that the quarter turns among rotations by interpolation
    are an exact action of their own.

    >>> from symtheory.actions import dihedral_action
    >>> from symtheory.groups import subgroup
    >>> square = dihedral_action(4, (28, 28))
    >>> restrict(square, subgroup(square.group, [2])).group.labels
    ('e', 'r', 'r2', 'r3')

    Raises:
        ValueError: If the homomorphism is not into the group that acts.
    """
    target, group = homomorphism.target, action.group
    if target != group and not np.array_equal(target.table, group.table):
        raise ValueError(
            f"Expected a homomorphism into the group that acts, {group.name}. "
            f"Got one into {target.name}. Try subgroup(action.group, generators)."
        )
    exact = np.isin(homomorphism.images, action.exact_elements)
    return Action(
        f"{action.name}, by {homomorphism.source.name}",
        homomorphism.source,
        action.item_shape,
        bool(exact.all()),
        _Along(action, tuple(homomorphism.images.tolist())),
        tuple(np.flatnonzero(exact).tolist()),
    )


def _nearly_commute(first: Action, second: Action) -> bool:
    """Whether the actions commute on a smooth item, but for what their own products miss."""
    item = smooth_item(first.item_shape)
    gap = commutators(first.transform, second.transform, item).max()
    own = sum(product_defect(a.group, a.transform, item) for a in (first, second))
    return bool(gap <= own + EXACT)
