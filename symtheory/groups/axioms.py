"""The axioms of a group, checked on a multiplication table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["check_axioms"]


def check_axioms(name: str, table: NDArray[np.intp]) -> None:
    """Raise a ValueError that names the first axiom of a group that a table breaks.

    Associativity by Light's test: (gs)k = g(sk) for all g and k need only hold for some s whose
    products give every element (Clifford & Preston 1961, section 1.2), O(order²) for each.
    """
    order = len(table) if table.ndim else 0
    if table.shape != (order, order) or order == 0:
        raise ValueError(
            f"Expected the table of {name}: integers of shape (order, order). "
            f"Got shape {table.shape}. Try entry (g, h) for the product gh."
        )
    elements = np.arange(order)
    if table.min() < 0 or table.max() >= order:
        raise ValueError(
            f"Expected products in 0, …, {order - 1} (closure). Got {table.min()} to "
            f"{table.max()} in {name}. Try numbering the elements from 0."
        )
    if not ((table[0] == elements).all() and (table[:, 0] == elements).all()):
        raise ValueError(
            f"Expected element 0 of {name} to be the identity. Got 0·g ≠ g or g·0 ≠ g. "
            "Try numbering the identity first."
        )
    rows, columns = np.sort(table, axis=1), np.sort(table, axis=0).T
    if not ((rows == elements).all() and (columns == elements).all()):
        raise ValueError(
            f"Expected each element of {name} to have an inverse. Got a row or a column of the "
            "table in which an element occurs twice. Try each element once."
        )
    generators: list[int] = []
    reached = elements == 0
    while not reached.all():
        s = int(np.argmin(reached))
        if not np.array_equal(table[table[:, s]], table[:, table[s]]):
            raise ValueError(
                f"Expected an associative product in {name}. Got (gh)k ≠ g(hk) with h = {s}. "
                "Try the table of a group, in which each product of three is one element."
            )
        generators.append(s)
        reached = _products(table, generators)


def _products(table: NDArray[np.intp], generators: list[int]) -> NDArray[np.bool_]:
    """Which elements are products of generators, multiplied one by one from the left."""
    reached = np.zeros(len(table), dtype=bool)
    fresh = np.zeros(1, dtype=np.intp)
    while len(fresh):
        reached[fresh] = True
        products = table[fresh[:, None], generators]
        fresh = np.unique(products[~reached[products]])
    return reached
