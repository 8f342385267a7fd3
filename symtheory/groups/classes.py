"""The conjugacy classes of a group, on which its characters are constant."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from symtheory.groups.base import FiniteGroup
from symtheory.groups.elements import Elements
from symtheory.groups.laws import kept_with_group
from symtheory.groups.values import read_only

__all__ = ["conjugacy_classes", "joined"]


@kept_with_group
def conjugacy_classes(group: FiniteGroup) -> Int[np.ndarray, " order"]:
    """The class of each element: classes are numbered by their smallest element.

    >>> from symtheory.groups import symmetric_group
    >>> conjugacy_classes(symmetric_group(3)).tolist()
    [0, 1, 1, 2, 2, 1]

    Returns:
        Integers of shape (order,), read-only; g and h are conjugate, h = xgx⁻¹, if they have the
        same one.
    """
    law, elements = group.law, group.elements
    conjugates = [
        law.multiply(law.multiply(s, elements), group.inverse[s]) for s in group.generators
    ]
    return read_only(joined(group.order, conjugates))


def joined(order: int, images: list[Elements]) -> NDArray[np.intp]:
    """The classes of the finest partition in which each g is with each of its images.

    Args:
        order: The number of elements.
        images: Arrays of shape (order,), the images of all elements under some maps.

    Returns:
        Integers of shape (order,); classes are numbered by their smallest element.
    """
    elements = np.arange(order)
    ends = np.concatenate([elements, *map(np.asarray, images)])
    starts = np.resize(elements, ends.shape)
    graph = coo_array((np.ones(ends.shape, dtype=bool), (starts, ends)), shape=(order, order))
    component = connected_components(graph, directed=False)[1]
    _, smallest, numbers = np.unique(component, return_index=True, return_inverse=True)
    return np.argsort(np.argsort(smallest))[numbers]
