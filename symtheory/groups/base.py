"""What a finite group is: elements as integers, and how to multiply them.

The elements of a group of order n are the integers 0, …, n - 1, and element 0 is the identity. A
group knows how to multiply arrays of elements; its full multiplication table is built only when it
is asked for, so that the cyclic group of a million elements costs nothing until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from symtheory.groups.axioms import check_axioms
from symtheory.groups.elements import Elements, as_elements, as_integers, generated, listed
from symtheory.groups.laws import Law, Memory, Table, kept_with_group, memory_of
from symtheory.groups.values import Value, read_only

__all__ = ["MAX_TABLE_ORDER", "FiniteGroup"]

MAX_TABLE_ORDER = 20_000  # a table of this order already takes 3.2 GB
_MAX_ORDER = 2**62  # sums of two elements are still integers of 64 bits
_BLOCK = 2**21  # products formed at once


@dataclass(frozen=True, eq=False)
class FiniteGroup(Value):
    """A finite group with elements 0, …, order - 1 and identity 0.

    Groups are values: those made in the same way are equal, hash alike, share what is computed
    about them, and can be pickled.

    Attributes:
        name: For people, such as ``"C8"``.
        law: How elements are multiplied.
    """

    name: str
    law: Law

    def __post_init__(self) -> None:
        if self.order > _MAX_ORDER:
            raise ValueError(
                f"Expected a group of order at most 2⁶². Got {self.name}, of order {self.order}. "
                "Try fewer or smaller factors."
            )

    @property
    def order(self) -> int:
        """The number of elements, |G|."""
        return self.law.order

    @property
    def cyclic_factors(self) -> tuple[int, ...] | None:
        """(n₁, n₂, …) if the group is the product of cyclic groups C_n₁ × C_n₂ × … by construction.

        Its elements are then in row-major order, and its Fourier transform is an FFT over these
        axes. None for other groups.
        """
        return self.law.cyclic_factors

    @property
    def permutations(self) -> Int[np.ndarray, "order points"] | None:
        """The images of 0, …, k - 1 if the elements are permutations of them, else None."""
        return self.law.permutations

    @property
    def matrices(self) -> Float[np.ndarray, "order d d"] | None:
        """The orthogonal matrices that the elements are, for point groups, else None."""
        return self.law.matrices

    def multiply(self, g: ArrayLike, h: ArrayLike) -> Elements:
        """The product gh, elementwise on integer arrays, which are broadcast.

        Raises:
            ValueError: If one is no element of the group, or the shapes do not fit.
        """
        left, right = self._elements(g), self._elements(h)
        try:
            np.broadcast_shapes(left.shape, right.shape)
        except ValueError:
            raise ValueError(
                f"Expected elements of {self.name} of shapes that broadcast. "
                f"Got {left.shape} and {right.shape}. Try g[:, None] for all pairs."
            ) from None
        return self.law.multiply(left, right)

    def invert(self, g: ArrayLike) -> Elements:
        """The inverse g⁻¹, elementwise on integer arrays.

        Raises:
            ValueError: If one is no element of the group.
        """
        return self.law.invert(self._elements(g))

    def label(self, g: ArrayLike) -> str:
        """The name of one element.

        Raises:
            ValueError: If it is no element of the group.
        """
        element = self._elements(g)
        if element.ndim:
            raise ValueError(
                f"Expected one element of {self.name}. Got shape {element.shape}. Try group.labels."
            )
        return self.law.label(int(element))

    @property
    def elements(self) -> Int[np.ndarray, " order"]:
        """All elements, 0, …, order - 1.

        Raises:
            ValueError: If they are too many for an array.
        """
        return listed(self.order, self.name)

    @property
    @kept_with_group
    def table(self) -> Int[np.ndarray, "order order"]:
        """The multiplication table, in which ``table[g, h]`` is gh. Read-only.

        Raises:
            ValueError: If the group is too large for its table to fit in memory.
        """
        if self.order > MAX_TABLE_ORDER:
            raise ValueError(
                f"Expected a group of order at most {MAX_TABLE_ORDER} to tabulate. "
                f"Got {self.name}, of order {self.order}. Try group.multiply(g, h), or pass first "
                "rows instead of a Gram matrix to the functions of symtheory.spectral."
            )
        products = np.empty((self.order, self.order), dtype=np.intp)
        for some in np.array_split(self.elements, self.order**2 // _BLOCK + 1):
            products[some] = self.law.multiply(some[:, None], self.elements)
        return read_only(products)

    @property
    @kept_with_group
    def inverse(self) -> Int[np.ndarray, " order"]:
        """The inverses, where ``inverse[g]`` is g⁻¹. Read-only."""
        return read_only(np.asarray(self.law.invert(self.elements)))

    @property
    @kept_with_group
    def generators(self) -> Int[np.ndarray, " generators"]:
        """A few elements, at most log₂ of the order, whose products are all elements. Read-only."""
        return read_only(generated(self.law.multiply, self.order, self.elements)[0])

    @property
    @kept_with_group
    def labels(self) -> tuple[str, ...]:
        """One name for each element."""
        return tuple(self.law.label(g) for g in self.elements.tolist())

    @cached_property
    def memory(self) -> Memory:
        """What has been computed about this group and all that are equal to it."""
        return memory_of(self.law)

    def __repr__(self) -> str:
        return f"FiniteGroup({self.name!r}, order={self.order})"

    def _elements(self, values: ArrayLike) -> Int[np.ndarray, "*shape"]:
        return as_elements(values, self.order, self.name)

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
            ValueError: If the table breaks an axiom of a group, which the error names, or there is
                not one string for each element among the labels.
        """
        products = as_integers(table, f"the table of {name}")
        check_axioms(name, products)
        names = None if labels is None else _as_labels(labels, len(products), name)
        return cls(name, Table(read_only(products), names))


def _as_labels(labels: Sequence[str], order: int, name: str) -> tuple[str, ...]:
    """One name for each element, as what is compared and hashed with a group.

    Raises:
        ValueError: If they are not strings, or of another number.
    """
    try:
        names: tuple[object, ...] = tuple(labels)
    except TypeError:
        names = (labels,)
    if not all(isinstance(one, str) for one in names):
        raise ValueError(
            f"Expected {order} labels for {name}, strings. Got {labels!r}. "
            "Try [str(label) for label in labels]."
        )
    if len(names) != order:
        raise ValueError(f"Expected {order} labels for {name}. Got {len(names)}. Try none.")
    return tuple(str(one) for one in names)
