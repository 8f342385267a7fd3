"""Actions made of others: of two groups at once, and of a subgroup."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symtheory.actions.base import Action
from symtheory.groups import Homomorphism, direct_product


def product_action(first: Action, second: Action) -> Action:
    """The direct product of two groups whose actions commute: (g, h)·x = g·(h·x).

    Shifts along two axes, for example:

    >>> from symtheory.actions import translation_action
    >>> rows, columns = (translation_action(4, (28, 28), axis=axis) for axis in (0, 1))
    >>> product_action(rows, columns).group
    FiniteGroup('C4×C4', order=16)

    Args:
        first: Of a group G on items of some shape.
        second: Of a group H on items of the same shape.

    Raises:
        ValueError: If the shapes differ, or the actions are exact and do not commute.
    """
    if first.item_shape != second.item_shape:
        raise ValueError(
            "Expected two actions on items of one shape. "
            f"Got {first.item_shape} and {second.item_shape}."
        )
    exact = first.exact and second.exact

    def transform(items: NDArray[np.float64]) -> NDArray[np.float64]:
        return (
            _one_after_other(second, first, items)
            .swapaxes(1, 2)
            .reshape(len(items), -1, *first.item_shape)
        )

    if exact:
        # Linear maps that commute on a random item commute with probability 1.
        probe = np.random.default_rng(0).normal(size=(1, *first.item_shape))
        one, other = _one_after_other(second, first, probe), _one_after_other(first, second, probe)
        if not np.allclose(one.swapaxes(1, 2), other, rtol=0, atol=1e-10):
            raise ValueError(
                f"Expected actions that commute. Got {first.name}, and {second.name}. "
                "Try a semidirect product of the groups, and an action of your own."
            )
    group = direct_product(first.group, second.group)
    return Action(f"{first.name}; {second.name}", group, first.item_shape, exact, transform)


def restrict(action: Action, homomorphism: Homomorphism) -> Action:
    """The action of a subgroup; of any homomorphism φ, that of its source: h·x = φ(h)·x.

    >>> from symtheory.actions import dihedral_action
    >>> from symtheory.groups import subgroup
    >>> square = dihedral_action(4, (28, 28))
    >>> restrict(square, subgroup(square.group, [2])).group.labels
    ('e', 'r', 'r2', 'r3')

    Raises:
        ValueError: If the homomorphism is not into the group that acts.
    """
    target, group = homomorphism.target, action.group
    if target is not group and not np.array_equal(target.table, group.table):
        raise ValueError(
            f"Expected a homomorphism into the group that acts, {group.name}. "
            f"Got one into {target.name}. Try subgroup(action.group, generators)."
        )

    def transform(items: NDArray[np.float64]) -> NDArray[np.float64]:
        return action.transform(items)[:, homomorphism.images]

    name = f"{action.name}, by {homomorphism.source.name}"
    exact = np.isin(homomorphism.images, action.exact_elements)
    return Action(
        name,
        homomorphism.source,
        action.item_shape,
        bool(exact.all()),
        transform,
        tuple(np.flatnonzero(exact).tolist()),
    )


def _one_after_other(
    first: Action, then: Action, items: NDArray[np.float64]
) -> NDArray[np.float64]:
    """All transforms by one action and then another, of shape (m, |first|, |then|, *item)."""
    once = first.transform(items)
    twice = then.transform(once.reshape(-1, *first.item_shape))
    return twice.reshape(*once.shape[:2], -1, *first.item_shape)
