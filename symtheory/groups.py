"""Finite groups as integer tables.

The elements of a group of order n are the integers 0, …, n - 1, and element 0 is the identity. A
group knows how to multiply arrays of elements; its full multiplication table is built only when it
is asked for, so that the cyclic group of a million elements costs nothing until then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Int
from numpy.typing import ArrayLike, NDArray

# One element or an array of them, as NumPy has them.
Elements = np.integer | NDArray[np.integer]

MAX_TABLE_ORDER = 20_000  # a table of this order already takes 1.6 GB


@dataclass(frozen=True, eq=False)
class FiniteGroup:
    """A finite group with elements 0, …, order - 1 and identity 0.

    Attributes:
        name: For people, such as ``"C8"``.
        order: The number of elements, |G|.
        multiply: ``multiply(g, h)`` is the product gh, elementwise on integer arrays.
        invert: ``invert(g)`` is g⁻¹, elementwise.
        label: ``label(g)`` is the name of one element.
        cyclic_factors: (n₁, n₂, …) if the group is the product of cyclic groups C_n₁ × C_n₂ × …
            with elements in row-major order, so that its Fourier transform is an FFT over these
            axes; None otherwise.
    """

    name: str
    order: int
    multiply: Callable[[ArrayLike, ArrayLike], Elements]
    invert: Callable[[ArrayLike], Elements]
    label: Callable[[int], str]
    cyclic_factors: tuple[int, ...] | None = None

    @cached_property
    def table(self) -> Int[np.ndarray, "order order"]:
        """The multiplication table: ``table[g, h]`` is gh. Read-only.

        Raises:
            ValueError: If the group is too large for its table to fit in memory.
        """
        if self.order > MAX_TABLE_ORDER:
            raise ValueError(
                f"Expected a group of order at most {MAX_TABLE_ORDER} to tabulate. "
                f"Got {self.name}, of order {self.order}. Try group.multiply(g, h), or pass first "
                "rows instead of a Gram matrix to the functions of symtheory.spectral."
            )
        elements = np.arange(self.order)
        return _read_only(self.multiply(elements[:, None], elements[None, :]))

    @cached_property
    def inverse(self) -> Int[np.ndarray, " order"]:
        """The inverses: ``inverse[g]`` is g⁻¹. Read-only."""
        return _read_only(self.invert(np.arange(self.order)))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """One name for each element."""
        return tuple(self.label(g) for g in range(self.order))

    def __repr__(self) -> str:
        return f"FiniteGroup({self.name!r}, order={self.order})"


def cyclic_group(n: int) -> FiniteGroup:
    """The cyclic group C_n: the integers 0, …, n - 1 under addition modulo n.

    >>> cyclic_group(3).table
    array([[0, 1, 2],
           [1, 2, 0],
           [2, 0, 1]])

    Raises:
        ValueError: If n is not a positive integer.
    """
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"Expected the order of a cyclic group, a positive integer. Got {n!r}.")
    n = int(n)

    def multiply(g: ArrayLike, h: ArrayLike) -> Elements:
        return (np.asarray(g) + np.asarray(h)) % n

    def invert(g: ArrayLike) -> Elements:
        return -np.asarray(g) % n

    def label(g: int) -> str:
        return "e" if g == 0 else "r" if g == 1 else f"r{g}"

    return FiniteGroup(f"C{n}", n, multiply, invert, label, cyclic_factors=(n,))


def direct_product(left: FiniteGroup, right: FiniteGroup) -> FiniteGroup:
    """The direct product G × H. The pair (g, h) is element ``g * |H| + h``.

    >>> klein = direct_product(cyclic_group(2), cyclic_group(2))
    >>> klein.order, klein.labels
    (4, ('(e, e)', '(e, r)', '(r, e)', '(r, r)'))
    >>> klein.cyclic_factors
    (2, 2)
    """
    m = right.order

    def multiply(g: ArrayLike, h: ArrayLike) -> Elements:
        (g_left, g_right), (h_left, h_right) = np.divmod(g, m), np.divmod(h, m)
        return left.multiply(g_left, h_left) * m + right.multiply(g_right, h_right)

    def invert(g: ArrayLike) -> Elements:
        g_left, g_right = np.divmod(g, m)
        return left.invert(g_left) * m + right.invert(g_right)

    def label(g: int) -> str:
        return f"({left.label(g // m)}, {right.label(g % m)})"

    factors = None
    if left.cyclic_factors is not None and right.cyclic_factors is not None:
        factors = left.cyclic_factors + right.cyclic_factors
    return FiniteGroup(
        f"{left.name}×{right.name}", left.order * m, multiply, invert, label, factors
    )


def _read_only(elements: Elements) -> NDArray[np.integer]:
    array = np.asarray(elements)
    array.setflags(write=False)
    return array
