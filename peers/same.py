"""When two libraries say the same of a group whose elements they number alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from symtheory.groups import FiniteGroup
from symtheory.representations import irreps


def renumbered(name: str, products: NDArray[np.integer]) -> tuple[FiniteGroup, NDArray[np.integer]]:
    """A group from a table whose identity may stand anywhere, and the old numbers."""
    identity = int(np.flatnonzero((products == np.arange(len(products))).all(axis=1))[0])
    old = np.array([identity, *np.delete(np.arange(len(products)), identity)])
    new = np.argsort(old)
    return FiniteGroup.from_table(name, new[products[np.ix_(old, old)]]), old


def assert_same_characters(group: FiniteGroup, known: NDArray[np.complexfloating]) -> None:
    """Assert that the characters are the same functions on the group, in whichever order.

    Args:
        group: With the same numbers.
        known: One row for each irrep, one column for each element.
    """
    mine = np.array([irrep.character for irrep in irreps(group)])
    same = np.abs(mine[:, None] - known).max(axis=-1) < 1e-8
    assert (same.sum(axis=0) == 1).all(), f"{group.name}: characters that are not found here"
    assert (same.sum(axis=1) == 1).all(), f"{group.name}: characters that are not found there"
