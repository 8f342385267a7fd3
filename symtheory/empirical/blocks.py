"""Products of many gradients, of which the memory holds two blocks at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["OUTPUTS", "block_size", "per_item", "products_of_blocks"]

OUTPUTS = "trace", "exact"  # of several: by their mean, or each with each


def block_size(entries: int, memory_gib: float) -> int:
    """How many rows of so many entries, in double precision, two blocks of the memory hold."""
    return max(1, int(memory_gib * 2**30 / (2 * 8 * max(1, entries))))


def per_item(rows: slice, each: int) -> slice:
    """The items that some rows are of, where each has so many."""
    return slice(rows.start // each, rows.stop // each)


def _inner_products(rows: Any, others: Any) -> Any:
    return rows @ others.T


def products_of_blocks(
    left: Callable[[int, slice], Any],
    right: Callable[[int, slice], Any] | None,
    lengths: tuple[int, int],
    size: int,
    terms: int = 1,
    product: Callable[[Any, Any], Any] = _inner_products,
) -> list[list[Any]]:
    """Σ_o A_o B_oᵀ in blocks, of rows that are computed when needed, and again when needed again.

    At one time no more than two blocks of rows exist. For A_o A_oᵀ, the blocks below the diagonal
    are those above it, transposed.

    Args:
        left: The number of a term o and some rows, to those of A_o: arrays of NumPy or JAX, or
            tensors.
        right: The same of B_o; None for A_o A_oᵀ.
        lengths: How many rows A_o and B_o have.
        size: How many rows a block has.
        terms: How many are summed.
        product: Of rows and others, if it is another one.

    Returns:
        Rows of blocks.
    """
    from tqdm import tqdm  # here, so that the command line starts without it

    row_starts, column_starts = (range(0, length, size) for length in lengths)
    steps = [(term, row) for term in range(terms) for row in row_starts]
    found: dict[tuple[int, int], Any] = {}
    # Only where it takes long, and only on a terminal.
    for term, row in tqdm(steps, desc="tangent kernel", unit="block", delay=3, disable=None):
        rows = left(term, slice(row, row + size))
        for column in column_starts:
            if right is None and column < row:
                continue
            same = right is None and column == row
            # Without a name, so that they are gone before the next ones are computed.
            block = product(
                rows, rows if same else (right or left)(term, slice(column, column + size))
            )
            found[row, column] = block if term == 0 else found[row, column] + block
    return [
        [
            found[column, row].T if right is None and column < row else found[row, column]
            for column in column_starts
        ]
        for row in row_starts
    ]
