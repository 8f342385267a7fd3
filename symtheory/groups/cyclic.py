"""Cyclic and dihedral groups, of which no table is needed to multiply."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symtheory._checks import as_integer
from symtheory.groups.base import FiniteGroup
from symtheory.groups.elements import Elements
from symtheory.groups.laws import Law

__all__ = ["cyclic_group", "dihedral_group"]


@dataclass(frozen=True, eq=False)
class _Cyclic(Law):
    """Addition modulo n."""

    n: int

    @property
    def order(self) -> int:
        return self.n

    @property
    def cyclic_factors(self) -> tuple[int, ...]:
        return (self.n,)

    def multiply(self, g: Elements, h: Elements) -> Elements:
        return (g + h) % self.n

    def invert(self, g: Elements) -> Elements:
        return -g % self.n

    def label(self, g: int) -> str:
        return "e" if g == 0 else "r" if g == 1 else f"r{g}"


@dataclass(frozen=True, eq=False)
class _Dihedral(Law):
    """Element 2k is r^k, element 2k + 1 is r^k s, and srs = r⁻¹."""

    n: int

    @property
    def order(self) -> int:
        return 2 * self.n

    def multiply(self, g: Elements, h: Elements) -> Elements:
        (turn, flip), (other_turn, other_flip) = np.divmod(g, 2), np.divmod(h, 2)
        return (turn + (1 - 2 * flip) * other_turn) % self.n * 2 + (flip ^ other_flip)

    def invert(self, g: Elements) -> Elements:
        turn, flip = np.divmod(g, 2)
        return (2 * flip - 1) * turn % self.n * 2 + flip  # reflections are their own inverses

    def label(self, g: int) -> str:
        turn = "" if g < 2 else "r" if g < 4 else f"r{g // 2}"
        return turn + "s" * (g % 2) or "e"


def cyclic_group(n: int) -> FiniteGroup:
    """The cyclic group C_n: the integers 0, …, n - 1 under addition modulo n.

    >>> cyclic_group(3).table
    array([[0, 1, 2],
           [1, 2, 0],
           [2, 0, 1]])

    Raises:
        ValueError: If n is not a positive integer.
    """
    n = as_integer(n, "order of a cyclic group", minimum=1)
    return FiniteGroup(f"C{n}", _Cyclic(n))


def dihedral_group(n: int) -> FiniteGroup:
    """The dihedral group D_n of order 2n: rotations and reflections of a regular n-gon.

    Element 2k is the rotation r^k, element 2k + 1 the reflection r^k s.

    >>> dihedral_group(3).labels
    ('e', 's', 'r', 'rs', 'r2', 'r2s')

    Raises:
        ValueError: If n is not a positive integer.
    """
    n = as_integer(n, "number of rotations of a dihedral group", minimum=1)
    return FiniteGroup(f"D{n}", _Dihedral(n))
