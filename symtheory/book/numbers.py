"""Bring computed numbers into the prose: ``{glue:text}`name:.3f```."""

from __future__ import annotations

import math
import operator
from typing import Any


def glue_numbers(**numbers: Any) -> None:
    """Glue scalars under their names, as plain Python numbers that ``{glue:text}`` can format.

    Args:
        **numbers: Name and value; NumPy and JAX scalars are fine. Integers stay integers.

    Raises:
        ValueError: If a value is not a finite scalar.
    """
    from myst_nb import glue

    for name, number in numbers.items():
        glue(name, _plain(name, number), display=False)


def _plain(name: str, number: Any) -> int | float:
    try:
        return operator.index(number)
    except TypeError:
        pass
    try:
        value = float(number)
    except (TypeError, ValueError):
        raise ValueError(
            f"Expected a scalar for {name!r}. Got {type(number).__name__}. Try float(value)."
        ) from None
    if not math.isfinite(value):
        raise ValueError(
            f"Expected a finite number for {name!r}. Got {value}. "
            "Try to find out where it comes from."
        )
    return value
