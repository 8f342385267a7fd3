"""Single numbers: counts, and settings that are real."""

from __future__ import annotations

import operator
import sys
from numbers import Real

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from symtheory._checks.arrays import as_real_array, as_real_values, has_values


def as_integer(
    value: object, name: str, *, minimum: int | None = None, maximum: int | None = None
) -> int:
    """A Python integer, of one of Python, of NumPy or of JAX.

    Args:
        value: What a user handed in.
        name: What it is, in errors: "order".
        minimum: The least that is allowed.
        maximum: The most that is allowed; that of 64 bits if not given.

    Raises:
        ValueError: If it is no integer (True and 2.0 are none), traced, or out of bounds.
    """
    expected = "an integer" + _bounds(minimum, None, maximum)
    maximum = sys.maxsize if maximum is None else maximum  # no array is longer
    if not has_values(value):
        raise ValueError(
            f"Expected {expected} as {name}. Got an abstract value, inside jax.jit or the like. "
            "Try a Python integer, or static_argnums."
        )
    try:
        if np.ndim(value) or np.asarray(value).dtype == bool:  # type: ignore[arg-type]
            raise TypeError
        scalar = operator.index(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        example = round(_example(minimum, None, maximum))
        raise ValueError(f"Expected {expected} as {name}. Got {value!r}. Try {example}.") from None
    if (minimum is not None and scalar < minimum) or (maximum is not None and scalar > maximum):
        nearest = minimum if minimum is not None and scalar < minimum else maximum
        raise ValueError(f"Expected {expected} as {name}. Got {scalar}. Try {nearest}.")
    return scalar


def as_sizes(
    values: object, name: str, *, length: int | tuple[int, ...] | None = None
) -> tuple[int, ...]:
    """A tuple of sizes, integers from 1: of the axes of an array, or of layers.

    Args:
        values: What a user handed in; a list or an array will do.
        name: What it is, in errors: "image_shape".
        length: How many there have to be, or may be; any number if not given.

    Raises:
        ValueError: If they are not integers from 1, or of another number.
    """
    lengths = (length,) if isinstance(length, int) else length
    many = "" if lengths is None else " or ".join(map(str, lengths)) + " "
    example = (28,) * (2 if lengths is None else lengths[0])
    refusal = f"Expected {many}sizes as {name}. Got {values!r}. Try {example}."
    try:
        sizes: tuple[object, ...] = tuple(values)  # type: ignore[arg-type]
    except TypeError:
        raise ValueError(refusal) from None
    if isinstance(values, str) or (lengths is not None and len(sizes) not in lengths):
        raise ValueError(refusal)
    return tuple(as_integer(size, f"size in {name}", minimum=1) for size in sizes)


def as_image_shape(shape: object) -> tuple[int, ...]:
    """The shape of one image: (height, width), or (height, width, channels), channels last.

    Wherever a shape is said, an image without a last axis is gray, of one channel.

    Raises:
        ValueError: If it is another.
    """
    return as_sizes(shape, "image_shape", length=(2, 3))


def as_number(
    value: object,
    name: str,
    *,
    minimum: float | None = None,
    above: float | None = None,
    maximum: float | None = None,
) -> float | Array:
    """A real setting: a Python float, or the traced scalar itself, NaN where it is out of bounds.

    Args:
        value: What a user handed in: a scalar of Python, of NumPy or of JAX.
        name: What it is, in errors: "weight_std".
        minimum: The least that is allowed.
        above: What it has to be larger than.
        maximum: The most that is allowed.

    Raises:
        ValueError: If it is no finite real scalar (True is none), or out of bounds.
    """
    expected = "a finite number" + _bounds(minimum, above, maximum)
    refusal = (
        f"Expected {expected} as {name}. Got {value!r}. Try {_example(minimum, above, maximum):g}."
    )
    if isinstance(value, jax.core.Tracer):
        array = as_real_array(value, name)
        if array.ndim:
            raise ValueError(refusal)
        return jnp.where(_inside(array, minimum, above, maximum), array, jnp.nan)
    if isinstance(value, (np.ndarray, np.generic, Array)):
        if value.ndim or value.dtype == bool:
            raise ValueError(refusal)
        scalar = float(as_real_values(value, name))
    elif isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(refusal)
    else:
        try:
            scalar = float(value)
        except OverflowError:
            raise ValueError(refusal) from None
    if not (np.isfinite(scalar) and _inside(scalar, minimum, above, maximum)):
        raise ValueError(refusal)
    return scalar


def _inside(
    value: float | Array, minimum: float | None, above: float | None, maximum: float | None
) -> bool | Array:
    lowest = -np.inf if minimum is None else minimum
    beyond = -np.inf if above is None else above
    highest = np.inf if maximum is None else maximum
    return (value >= lowest) & (value > beyond) & (value <= highest)


def _bounds(minimum: float | None, above: float | None, maximum: float | None) -> str:
    parts = [
        f" {sign} {bound:g}"
        for sign, bound in (("≥", minimum), (">", above), ("≤", maximum))
        if bound is not None
    ]
    return " and".join(parts)


def _example(minimum: float | None, above: float | None, maximum: float | None) -> float:
    """A value that would have done."""
    value = 1.0
    if minimum is not None:
        value = max(value, minimum)
    if above is not None and value <= above:
        value = above + 1.0
    return float(value if maximum is None else min(value, maximum))
