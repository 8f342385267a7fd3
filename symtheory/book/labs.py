"""Labs: one experiment, run while the book is built from one seed, and before that from others."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from symtheory.records import load, published

__all__ = ["OUT", "SEED", "lab_seed", "measured", "other_seeds", "verdict"]

Numbers = Mapping[str, np.ndarray]

# Set by whoever runs the code of a lab from another seed: the seed, and the file to be written.
SEED = "SYMTHEORY_LAB_SEED"
OUT = "SYMTHEORY_LAB_OUT"


def lab_seed(seed: int) -> int:
    """The seed of a lab: the one that its page shows, unless another is being tried."""
    return int(os.environ.get(SEED, seed))


def measured(lab: str, **numbers: Any) -> dict[str, np.ndarray]:
    """Say what a lab has measured, so that it can be compared with what other seeds give.

    The code of a lab up to this call is what `make lab-seeds` runs from other seeds, but for cells
    that draw a figure.

    Args:
        lab: Its name, that of its file.
        **numbers: Scalars or arrays, by name, of the same shape for every seed.

    Returns:
        The same as arrays, by name.

    Raises:
        ValueError: If one is not finite, or no number.
    """
    arrays = {name: np.asarray(value) for name, value in numbers.items()}
    for name, array in arrays.items():
        if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
            raise ValueError(
                f"Expected finite numbers for {name!r} of the lab {lab!r}. Got {array}. "
                "Try to find out where they come from."
            )
    if OUT in os.environ:
        np.savez(Path(os.environ[OUT]), **arrays)  # type: ignore[arg-type]  # names are the lab's
    return arrays


def other_seeds(lab: str) -> dict[str, np.ndarray]:
    """What the same code gave from other seeds.

    Args:
        lab: Its name.

    Returns:
        By name, arrays of shape (seeds, ...) of what `measured` was given.

    Raises:
        ValueError: If there is no such record.
    """
    return dict(load(published(f"labs/{lab}")).data)


def verdict(holds: Callable[[Numbers], bool], own: Numbers, others: Numbers) -> str:
    """What the criteria of a lab say of its own seed and of the others, in words.

    Args:
        holds: The criteria: whether the numbers of one seed meet them.
        own: What `measured` gave back.
        others: What `other_seeds` gave back.
    """
    each = [dict(zip(others, values, strict=True)) for values in zip(*others.values(), strict=True)]
    met = [bool(holds(numbers)) for numbers in (own, *each)]
    if all(met):
        return "holds"
    return f"holds for {sum(met)} of {len(met)} seeds" if any(met) else "does not hold"
