"""What a finite group is: elements as integers, and how to multiply them.

The elements of a group of order n are the integers 0, …, n - 1, and element 0 is the identity. A
group knows how to multiply arrays of elements; its full multiplication table is built only when it
is asked for, so that the cyclic group of a million elements costs nothing until then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
        permutations: If the group is one of permutations of 0, …, k - 1: their images, of shape
            (order, k), read-only; None otherwise.
    """

    name: str
    order: int
    multiply: Callable[[ArrayLike, ArrayLike], Elements]
    invert: Callable[[ArrayLike], Elements]
    label: Callable[[int], str]
    cyclic_factors: tuple[int, ...] | None = None
    permutations: Int[np.ndarray, "order points"] | None = None

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

    @classmethod
    def from_table(
        cls, name: str, table: ArrayLike, labels: Sequence[str] | None = None
    ) -> FiniteGroup:
        """A group from its multiplication table.

        Args:
            name: For people.
            table: Integers of shape (order, order); ``table[g, h]`` is gh, and element 0 the
                identity.
            labels: One name for each element; their numbers if not given.

        Raises:
            ValueError: If the table breaks an axiom of a group; the error names it.
        """
        products = np.asarray(table)
        check_axioms(name, products)
        return cls.from_products(name, products, labels)

    @classmethod
    def from_products(
        cls, name: str, products: NDArray[np.integer], labels: Sequence[str] | None = None
    ) -> FiniteGroup:
        """`from_table` for tables that obey the axioms by the way they were made: unchecked."""
        order = len(products)
        products = _read_only(products.astype(np.intp))
        inverse = _read_only(np.argmin(products, axis=1))  # where the product is 0
        names = tuple(map(str, range(order))) if labels is None else tuple(labels)
        if len(names) != order:
            raise ValueError(f"Expected {order} labels for {name}. Got {len(names)}.")

        def multiply(g: ArrayLike, h: ArrayLike) -> Elements:
            return products[np.asarray(g), np.asarray(h)]

        def invert(g: ArrayLike) -> Elements:
            return inverse[np.asarray(g)]

        return cls(name, order, multiply, invert, lambda g: names[g])


def check_axioms(name: str, table: NDArray[np.integer]) -> None:
    """Raise a ValueError that names the first axiom of a group that a table breaks. O(order³)."""
    order = len(table)
    if table.shape != (order, order) or order == 0 or not np.issubdtype(table.dtype, np.integer):
        raise ValueError(
            f"Expected the table of {name}: integers of shape (order, order). "
            f"Got {table.dtype} of shape {table.shape}."
        )
    elements = np.arange(order)
    if table.min() < 0 or table.max() >= order:
        raise ValueError(f"Expected products in 0, …, {order - 1} (closure). Got others in {name}.")
    if not ((table[0] == elements).all() and (table[:, 0] == elements).all()):
        raise ValueError(
            f"Expected element 0 of {name} to be the identity. Got 0·g ≠ g or g·0 ≠ g."
        )
    rows, columns = np.sort(table, axis=1), np.sort(table, axis=0).T
    if not ((rows == elements).all() and (columns == elements).all()):
        raise ValueError(
            f"Expected each element of {name} to have an inverse. Got a row or a column of the "
            "table in which an element occurs twice."
        )
    for g in range(order):  # one element at a time: order³ products at once would not fit
        if not np.array_equal(table[table[g]], table[g][table]):
            raise ValueError(
                f"Expected an associative product in {name}. Got (gh)k ≠ g(hk) with g = {g}."
            )


def _read_only(elements: Elements) -> NDArray[np.integer]:
    array = np.asarray(elements)
    array.setflags(write=False)
    return array
