"""The conjugacy classes of a group, on which its characters are constant."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int

from symtheory.groups.base import FiniteGroup


def conjugacy_classes(group: FiniteGroup) -> Int[np.ndarray, " order"]:
    """The class of each element: classes are numbered by their smallest element.

    >>> from symtheory.groups import symmetric_group
    >>> conjugacy_classes(symmetric_group(3)).tolist()
    [0, 1, 1, 2, 2, 1]

    Returns:
        Integers of shape (order,); g and h are conjugate, h = xgx⁻¹, if they have the same one.
    """
    conjugates = group.multiply(group.table, group.inverse[:, None])  # entry (x, g) is xgx⁻¹
    smallest = np.min(conjugates, axis=0)
    return np.unique(smallest, return_inverse=True)[1]
