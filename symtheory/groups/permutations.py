"""Groups of permutations, and the quaternion group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symtheory._checks import as_integer
from symtheory.groups.base import MAX_TABLE_ORDER, FiniteGroup
from symtheory.groups.elements import Elements, as_integers
from symtheory.groups.laws import Law, Table
from symtheory.groups.values import read_only

__all__ = [
    "MAX_POINTS",
    "alternating_group",
    "permutation_group",
    "quaternion_group",
    "symmetric_group",
]

MAX_POINTS = 6  # S₇ has 5040 elements, beyond what irreps are computed for here
_MAX_IMAGES = 50_000_000  # images of points in all permutations together, 400 MB


@dataclass(frozen=True, eq=False)
class _Permutations(Law):
    """Permutations of 0, …, points - 1 under composition: gh applies h first, then g.

    Attributes:
        images: Of shape (order, points), in lexicographic order, so the identity first. Read-only.
    """

    images: NDArray[np.intp]

    @property
    def order(self) -> int:
        return len(self.images)

    @property
    def permutations(self) -> NDArray[np.intp]:
        return self.images

    @cached_property
    def base(self) -> list[tuple[int, NDArray[np.int32]]]:
        """Points whose images tell an element, with how to find it from them one by one.

        Each comes with a table: entry (c, i) is the place, among all distinct images of the points
        so far, of those that are at place c up to the point before and go on with i. Points whose
        images follow from those before are left out, and the last place is the element.
        """
        points, found = self.images.shape[1], []
        place = np.zeros(self.order, dtype=np.intp)
        places = 1
        for point in range(points):
            codes, next_place = np.unique(
                place * points + self.images[:, point], return_inverse=True
            )
            if len(codes) == places:
                continue
            following = np.full((places, points), -1, dtype=np.int32)
            following.ravel()[codes] = np.arange(len(codes))
            found.append((point, following))
            place, places = next_place, len(codes)
            if places == self.order:
                break
        return found

    @cached_property
    def inverses(self) -> NDArray[np.intp]:
        images = np.argsort(self.images, axis=1)
        found = self._element(images[:, point] for point, _ in self.base)
        return np.broadcast_to(found, self.order)

    def multiply(self, g: Elements, h: Elements) -> Elements:
        shape = np.broadcast_shapes(np.shape(g), np.shape(h))
        images = (self.images[g, self.images[h, point]] for point, _ in self.base)
        return np.broadcast_to(self._element(images), shape)[()]

    def invert(self, g: Elements) -> Elements:
        return self.inverses[g]

    def label(self, g: int) -> str:
        """The images in a row, as in "1203"; with spaces where there are numbers of two digits."""
        row = self.images[g].tolist()
        return ("" if len(row) <= 10 else " ").join(map(str, row))

    def _element(self, images: Iterable[Elements]) -> Elements:
        """The elements with some images of the points of the base."""
        place: Elements = np.intp(0)
        for image, (_, following) in zip(images, self.base, strict=True):
            place = following[place, image]
        return place.astype(np.intp)


def permutation_group(generators: ArrayLike, name: str = "permutations") -> FiniteGroup:
    """The group that some permutations generate. The product gh applies h first, then g.

    >>> permutation_group([[1, 2, 0, 3], [0, 2, 1, 3]]).order
    6

    Args:
        generators: Integers of shape (generators, points), or (points,) for one; each row a
            permutation of 0, …, points - 1, by its images.
        name: For people.

    Raises:
        ValueError: If a row is not a permutation, or there are more than 20,000 elements.
    """
    rows = as_integers(generators, "permutations")
    rows = rows[None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or rows.size == 0:
        raise ValueError(
            "Expected permutations, integers of shape (generators, points). "
            f"Got shape {rows.shape}. Try [[1, 2, 0]] for a cycle of three points."
        )
    points = rows.shape[1]
    wrong = np.flatnonzero((np.sort(rows, axis=1) != np.arange(points)).any(axis=1))
    if len(wrong):
        raise ValueError(
            f"Expected permutations of 0, …, {points - 1}, a row for each. "
            f"Got {_shown(rows[wrong[0]])} in row {wrong[0]}. Try each of the points once."
        )
    return FiniteGroup(name, _Permutations(read_only(_closure(rows, name))))


def symmetric_group(n: int) -> FiniteGroup:
    """The symmetric group S_n, elements in lexicographic order.

    Raises:
        ValueError: If n is not between 1 and 6.
    """
    return FiniteGroup(f"S{n}", _Permutations(read_only(_all_permutations(n))))


def alternating_group(n: int) -> FiniteGroup:
    """The alternating group A_n: the even permutations, in lexicographic order.

    Raises:
        ValueError: If n is not between 1 and 6.
    """
    images = _all_permutations(n)
    earlier, later = np.triu_indices(n, k=1)
    inversions = (images[:, earlier] > images[:, later]).sum(axis=1)
    return FiniteGroup(f"A{n}", _Permutations(read_only(images[inversions % 2 == 0])))


def quaternion_group() -> FiniteGroup:
    """The quaternion group Q8: 1, -1, i, -i, j, -j, k, -k in this order."""
    units = np.array([[0, 1, 2, 3], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0]])
    signs = np.array([[0, 0, 0, 0], [0, 1, 0, 1], [0, 1, 1, 0], [0, 0, 1, 1]])
    unit, sign = np.divmod(np.arange(8), 2)
    product = units[unit[:, None], unit]
    negative = (sign[:, None] + sign + signs[unit[:, None], unit]) % 2
    labels = tuple(s + u for u in "1ijk" for s in ("", "-"))
    return FiniteGroup("Q8", Table(read_only(2 * product + negative), labels))


def _closure(generators: NDArray[np.intp], name: str) -> NDArray[np.intp]:
    """All products of some permutations, in lexicographic order.

    Raises:
        ValueError: If they are too many, as soon as that is known.
    """
    points = generators.shape[1]
    rows = generators.astype(">u4")  # bytes that sort as the numbers do
    most = min(MAX_TABLE_ORDER, _MAX_IMAGES // points)
    identity = np.arange(points, dtype=">u4")
    found, fresh = {identity.tobytes()}, identity[None]
    while len(fresh):
        new: set[bytes] = set()
        for row in rows:
            products = (product.tobytes() for product in row[fresh.astype(np.intp)])
            new.update(product for product in products if product not in found)
            if len(found) + len(new) > most:
                raise ValueError(
                    f"Expected generators of at most {most} permutations of {points} points, as "
                    f"many as a table or memory can hold. Got more in {name}. Try a subgroup."
                )
        found |= new
        fresh = np.frombuffer(b"".join(new), dtype=">u4").reshape(-1, points)
    elements = np.frombuffer(b"".join(sorted(found)), dtype=">u4")
    return elements.reshape(-1, points).astype(np.intp)


def _all_permutations(n: int) -> NDArray[np.intp]:
    points = as_integer(n, "number of points", minimum=1, maximum=MAX_POINTS)
    return np.array(list(permutations(range(points))))


def _shown(row: NDArray[np.intp]) -> str:
    return str(row.tolist()) if len(row) <= 20 else f"{row[:20].tolist()}… of {len(row)}"
