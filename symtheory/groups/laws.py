"""How the elements of a group are multiplied: the interface, and the law that a table gives.

A law is a value: two groups that are made in the same way have equal laws, and what is computed
from one is shared. Laws trust what they are given; `symtheory.groups.FiniteGroup` checks it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from symtheory.groups.elements import Elements
from symtheory.groups.values import Value

__all__ = ["Law", "Memory", "Result", "Table", "kept_with_group", "memory_of"]

Result = TypeVar("Result")


class Law(Value, ABC):
    """A product on 0, …, order - 1 with identity 0: a frozen dataclass of its ingredients."""

    @property
    @abstractmethod
    def order(self) -> int:
        """The number of elements."""

    @abstractmethod
    def multiply(self, g: Elements, h: Elements) -> Elements:
        """gh, elementwise."""

    @abstractmethod
    def invert(self, g: Elements) -> Elements:
        """g⁻¹, elementwise."""

    def label(self, g: int) -> str:
        """The name of one element: its number, if there is no better one."""
        return str(g)

    @property
    def cyclic_factors(self) -> tuple[int, ...] | None:
        """As in `FiniteGroup`."""
        return None

    @property
    def permutations(self) -> Int[np.ndarray, "order points"] | None:
        """As in `FiniteGroup`."""
        return None

    @property
    def matrices(self) -> Float[np.ndarray, "order d d"] | None:
        """As in `FiniteGroup`."""
        return None


@dataclass(frozen=True, eq=False)
class Table(Law):
    """The law of a multiplication table.

    Attributes:
        products: ``products[g, h]`` is gh. Read-only.
        names: One for each element; None for their numbers.
    """

    products: NDArray[np.intp]
    names: tuple[str, ...] | None = None

    @property
    def order(self) -> int:
        """The number of elements."""
        return len(self.products)

    @cached_property
    def inverses(self) -> NDArray[np.intp]:
        """Where the product is 0."""
        return np.argmin(self.products, axis=1)

    def multiply(self, g: Elements, h: Elements) -> Elements:
        """gh, elementwise."""
        return self.products[g, h]

    def invert(self, g: Elements) -> Elements:
        """g⁻¹, elementwise."""
        return self.inverses[g]

    def label(self, g: int) -> str:
        """The name of one element."""
        return super().label(g) if self.names is None else self.names[g]


class Memory(dict[str, Any]):
    """What has been computed about a law, by the names of the functions that did."""


_memories: WeakValueDictionary[Law, Memory] = WeakValueDictionary()


def memory_of(law: Law) -> Memory:
    """The one memory of all groups with an equal law. It is gone when the last of them is."""
    return _memories.setdefault(law, Memory())


def kept_with_group(function: Callable[[Any], Result]) -> Callable[[Any], Result]:
    """Make a function of a group compute once for all groups that are equal, while one lives."""
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def remembered(group: Any) -> Result:
        if name not in group.memory:
            group.memory[name] = function(group)
        return group.memory[name]

    return remembered
