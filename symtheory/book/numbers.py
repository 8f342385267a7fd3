"""Bring computed numbers and words into the prose: ``{glue:text}`name:.3f```."""

from __future__ import annotations

import json
import math
import operator
import os
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from importlib.resources import files
from typing import Any

import numpy as np

__all__ = ["at_least", "at_most", "glue_numbers", "glue_text"]

# Set by the Jupyter server in the kernels of its notebooks, and nowhere else.
_NOTEBOOK = "JPY_SESSION_NAME"
_NOTHING = 1e-6  # of a number, which no reader of a bound misses


def glue_numbers(**numbers: Any) -> None:
    """Glue scalars under their names, as plain Python numbers that ``{glue:text}`` can format.

    Args:
        **numbers: Name and value; NumPy and JAX scalars are fine. Integers stay integers.

    Raises:
        ValueError: If a value is not a finite real scalar.
    """
    _glue({name: _plain(name, number) for name, number in numbers.items()})


def glue_text(name: str, text: str) -> None:
    """Glue words under a name.

    Args:
        name: As ``{glue:text}`` calls them.
        text: The words.
    """
    _glue({name: text})


def at_most(value: Any, spec: str) -> float:
    """The least number that a format can show and that is not below a value: "at most 0.13".

    Rounding to nearest would print a bound that does not hold.

    Args:
        value: A finite real scalar.
        spec: The format that the page prints it in, ".2f" or ".0e" with some number of digits.
    """
    return _rounded(value, spec, ROUND_CEILING)


def at_least(value: Any, spec: str) -> float:
    """The largest number that a format can show and that is not above a value: "at least 0.12".

    Args:
        value: A finite real scalar.
        spec: The format that the page prints it in.
    """
    return _rounded(value, spec, ROUND_FLOOR)


def _rounded(value: Any, spec: str, rounding: str) -> float:
    number, digits = float(value), int(spec[1:-1])
    nearest = float(format(number, spec))
    # 0.60000002 is the 0.6 of a record in single precision, and no reason to print 0.61.
    if math.isclose(nearest, number, rel_tol=_NOTHING):
        return nearest
    if spec.endswith("e"):
        return float(Context(prec=1 + digits, rounding=rounding).create_decimal(Decimal(number)))
    return float(Decimal(number).quantize(Decimal(1).scaleb(-digits), rounding))


def _glue(values: dict[str, int | float | str]) -> None:
    """Keep values for the page, and show them at once in a notebook that is open."""
    from IPython.display import Javascript, display
    from myst_nb import glue

    for name, value in values.items():
        glue(name, value, display=False)
    if _NOTEBOOK in os.environ:
        script = files("symtheory.book").joinpath("glued.js").read_text(encoding="utf-8")
        display(Javascript(f"({script.strip()})(element, {json.dumps(values)})"))


def _plain(name: str, number: Any) -> int | float:
    try:
        return operator.index(number)
    except TypeError:
        pass
    try:
        # Of a complex scalar of NumPy, float() would drop the imaginary part.
        value = math.nan if np.iscomplexobj(number) else float(number)
    except (TypeError, ValueError):
        raise ValueError(
            f"Expected a scalar for {name!r}. Got {type(number).__name__}. Try float(value)."
        ) from None
    if not math.isfinite(value):
        raise ValueError(
            f"Expected a finite real number for {name!r}. Got {number}. "
            "Try to find out where it comes from."
        )
    return value
