"""Groups of permutations, and the quaternion group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike

from symtheory.groups.base import FiniteGroup

MAX_POINTS = 6  # S₇ has 5040 elements, beyond what irreps are computed for here


def permutation_group(generators: ArrayLike, name: str = "permutations") -> FiniteGroup:
    """The group that some permutations generate. The product gh applies h first, then g.

    >>> permutation_group([[1, 2, 0, 3], [0, 2, 1, 3]]).order
    6

    Args:
        generators: Integers of shape (generators, points); each row a permutation of 0, …,
            points - 1, by its images.
        name: For people.

    Raises:
        ValueError: If a row is not a permutation.
    """
    rows = np.atleast_2d(np.asarray(generators))
    points = rows.shape[-1]
    if rows.ndim != 2 or not (np.sort(rows, axis=1) == np.arange(points)).all():
        raise ValueError(
            f"Expected permutations of 0, …, {points - 1}, a row for each. Got {rows.tolist()}."
        )
    found = {tuple(range(points))}
    fresh = list(found)
    while fresh:
        products = (tuple(row[list(element)].tolist()) for element in fresh for row in rows)
        fresh = list({product for product in products if product not in found})
        found.update(fresh)
    return _from_elements(name, sorted(found))


def symmetric_group(n: int) -> FiniteGroup:
    """The symmetric group S_n, elements in lexicographic order.

    Raises:
        ValueError: If n is not between 1 and 6.
    """
    _check_points(n)
    return _from_elements(f"S{n}", list(permutations(range(n))))


def alternating_group(n: int) -> FiniteGroup:
    """The alternating group A_n: the even permutations, in lexicographic order.

    Raises:
        ValueError: If n is not between 1 and 6.
    """
    _check_points(n)
    return _from_elements(f"A{n}", [p for p in permutations(range(n)) if _is_even(p)])


def quaternion_group() -> FiniteGroup:
    """The quaternion group Q8: 1, -1, i, -i, j, -j, k, -k in this order."""
    units = np.array([[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]])
    signs = np.array([[0, 0, 0, 0], [0, 1, 0, 1], [0, 1, 1, 0], [0, 0, 1, 1]])
    unit, sign = np.divmod(np.arange(8), 2)
    product = units[unit[:, None], unit]
    negative = (sign[:, None] + sign + signs[unit[:, None], unit]) % 2
    labels = [s + u for u in "1ijk" for s in ("", "-")]
    return FiniteGroup.from_table("Q8", 2 * product + negative, labels)


def _from_elements(name: str, elements: Sequence[tuple[int, ...]]) -> FiniteGroup:
    """A group from all of its permutations, in lexicographic order, so the identity first."""
    array = np.array(elements)
    number = {permutation.tobytes(): g for g, permutation in enumerate(array)}
    table = [[number[product.tobytes()] for product in row[array]] for row in array]
    # Permutations compose associatively, and the elements are closed under it.
    group = FiniteGroup.from_products(name, np.array(table), [_label(p) for p in elements])
    array.setflags(write=False)
    return replace(group, permutations=array)


def _label(permutation: tuple[int, ...]) -> str:
    """The images in a row, as in "1203"; with spaces where there are numbers of two digits."""
    return ("" if len(permutation) <= 10 else " ").join(map(str, permutation))


def _is_even(permutation: tuple[int, ...]) -> bool:
    pairs = ((a, b) for i, a in enumerate(permutation) for b in permutation[i + 1 :])
    return sum(a > b for a, b in pairs) % 2 == 0


def _check_points(n: int) -> None:
    if not isinstance(n, (int, np.integer)) or not 1 <= n <= MAX_POINTS:
        raise ValueError(f"Expected a number of points from 1 to {MAX_POINTS}. Got {n!r}.")
