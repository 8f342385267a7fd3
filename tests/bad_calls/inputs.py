"""Tables of odd inputs, one for each kind of argument, and what is right for each.

Every table begins from a value that works, so that one thing is wrong at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np


class Right(Enum):
    """What may come of a call."""

    REFUSED = "the one clear error"
    SAME = "what the example gives"
    EITHER = "the clear error, a warning of this package, or a finite result"
    NO_VALUE = "any error: it is not even like an array"


@dataclass(frozen=True)
class Odd:
    """An input, and what is right for it."""

    label: str
    value: Any
    right: Right


@dataclass(frozen=True)
class Argument:
    """A value that works, the table of odd ones, and where something else than it says is right."""

    value: Any
    table: Callable[[Any], Iterator[tuple[Right, str, Any]]]
    changed: tuple[tuple[str, Right], ...] = ()

    def odd(self) -> list[Odd]:
        """All odd inputs."""
        changed = dict(self.changed)
        odd = [
            Odd(label, x, changed.get(label, right)) for right, label, x in self.table(self.value)
        ]
        unknown = set(changed) - {one.label for one in odd}
        if unknown:
            raise ValueError(f"Expected labels of the table. Got {unknown}.")
        return odd

    def but(self, right: Right, *labels: str) -> Argument:
        """The same, with another outcome for some inputs."""
        return replace(self, changed=(*self.changed, *((label, right) for label in labels)))


Table = Iterator[tuple[Right, str, Any]]


def _no_value() -> Table:
    yield Right.NO_VALUE, "None", None
    yield Right.NO_VALUE, "object", object()
    yield Right.NO_VALUE, "dict", {"a": 1.0}


def _real(value: Any) -> Table:
    array = np.asarray(value, dtype=float)
    yield from _no_value()
    yield Right.REFUSED, "text", "seven"
    yield Right.REFUSED, "array of text", np.full(array.shape, "x")
    yield Right.REFUSED, "array of objects", np.full(array.shape, object())
    yield Right.REFUSED, "dates", np.full(array.shape, "2020-01-01", "datetime64[D]")
    yield Right.REFUSED, "spans of time", np.ones(array.shape, "timedelta64[s]")
    yield Right.REFUSED, "complex", array.astype(complex)
    yield Right.REFUSED, "float16", array.astype(np.float16)
    yield Right.REFUSED, "bfloat16", jnp.asarray(array, jnp.bfloat16)
    for name, bad in ("NaN", np.nan), ("infinity", np.inf):
        wild = array.copy()
        wild.flat[-1] = bad
        yield Right.REFUSED, name, wild
    yield Right.REFUSED, "all NaN", np.full(array.shape, np.nan)
    yield Right.REFUSED, "masked", np.ma.masked_array(array, np.ones(array.shape, bool))
    yield Right.SAME, "JAX array", jnp.asarray(array)
    yield Right.SAME, "longdouble", array.astype(np.longdouble)
    yield Right.SAME, "Fortran order", np.asfortranarray(array)
    yield Right.EITHER, "float32", array.astype(np.float32)
    yield Right.EITHER, "huge", 1e100 * array
    yield Right.EITHER, "tiny", 1e-100 * array
    yield Right.EITHER, "zeros", np.zeros(array.shape)
    yield Right.EITHER, "one axis more", array[None]
    if array.ndim:
        yield Right.SAME, "nested lists", array.tolist()
        yield Right.SAME, "tuple of rows", tuple(array)
        yield Right.SAME, "list of JAX arrays", list(jnp.asarray(array))
        yield Right.REFUSED, "ragged", [[1.0, 2.0], [3.0]]
        yield Right.REFUSED, "scalar", 1.0
        yield Right.EITHER, "no rows", array[:0]
        yield Right.EITHER, "one row fewer", array[:-1]
        yield Right.EITHER, "one row more", np.concatenate([array, array[-1:]])
        yield Right.EITHER, "flat", array.ravel()
        yield Right.EITHER, "one column fewer", array[..., :-1]
        yield Right.EITHER, "no columns", array[..., :0]


def real(value: Any) -> Argument:
    """An array of real numbers; of rows that may be more or fewer."""
    return Argument(value, _real)


def fixed(value: Any) -> Argument:
    """An array of real numbers, whose numbers of rows and columns follow from something else."""
    return real(value).but(
        Right.REFUSED, "no rows", "one row fewer", "one row more", "one column fewer", "no columns"
    )


def gram(value: Any) -> Argument:
    """A Gram matrix."""

    def table(value: Any) -> Table:
        yield from _real(value)
        skew = np.array(value)
        skew[0, -1] += 0.1
        yield Right.REFUSED, "not symmetric", skew
        yield Right.REFUSED, "triangle", np.tril(value)
        yield Right.EITHER, "negative definite", -np.asarray(value)

    strict = ("no rows", "one row fewer", "one row more", "one column fewer", "no columns", "flat")
    return Argument(value, table).but(Right.REFUSED, *strict)


def labels(value: Any) -> Argument:
    """Labels +1 and -1."""

    def table(value: Any) -> Table:
        array = np.asarray(value)
        yield from _no_value()
        yield Right.REFUSED, "text", "seven"
        yield Right.REFUSED, "array of text", np.full(array.shape, "+1")
        yield Right.REFUSED, "array of objects", np.full(array.shape, object())
        yield Right.REFUSED, "complex", array.astype(complex)
        yield Right.REFUSED, "NaN", np.where(np.arange(len(array)) == 0, np.nan, array)
        yield Right.REFUSED, "booleans", array > 0
        yield Right.REFUSED, "0 and 1", (array > 0).astype(int)
        yield Right.REFUSED, "unsigned", array.astype(np.int8).astype(np.uint8)
        yield Right.REFUSED, "no labels", array[:0]
        yield Right.REFUSED, "one fewer", array[:-1]
        yield Right.REFUSED, "one more", np.append(array, 1)
        yield Right.REFUSED, "scalar", 1
        yield Right.REFUSED, "ragged", [[1, -1], [1]]
        yield Right.REFUSED, "three axes", array[:, None, None]
        yield Right.SAME, "list", array.tolist()
        yield Right.SAME, "tuple", tuple(array.tolist())
        yield Right.SAME, "floats", array.astype(float)
        yield Right.SAME, "int8", array.astype(np.int8)
        yield Right.SAME, "JAX array", jnp.asarray(array)

    return Argument(value, table)


def _number(value: float) -> Table:
    yield from _no_value()
    yield Right.REFUSED, "text", "seven"
    yield Right.REFUSED, "digits as text", str(value)
    yield Right.REFUSED, "NaN", np.nan
    yield Right.REFUSED, "minus infinity", -np.inf
    yield Right.REFUSED, "infinity", np.inf
    yield Right.REFUSED, "complex", complex(value, 1.0)
    yield Right.REFUSED, "NumPy complex", np.complex128(value)
    yield Right.REFUSED, "date", np.datetime64("2020-01-01")
    yield Right.REFUSED, "list of text", ["x"]
    yield Right.REFUSED, "seven numbers", np.full(7, value)
    yield Right.REFUSED, "no numbers", np.zeros(0)
    yield Right.REFUSED, "ragged", [[1.0], [1.0, 2.0]]
    yield Right.REFUSED, "negative", -1.0
    yield Right.EITHER, "zero", 0
    yield Right.EITHER, "minus zero", -0.0
    yield Right.EITHER, "True", True
    yield Right.EITHER, "huge", 1e300
    yield Right.EITHER, "huge integer", 10**400
    yield Right.EITHER, "tiny", 1e-300
    yield Right.EITHER, "float16", np.float16(value)
    yield Right.EITHER, "fraction", Fraction(value)
    yield Right.SAME, "NumPy scalar", np.float64(value)
    yield Right.SAME, "NumPy array", np.asarray(value)
    yield Right.SAME, "JAX array", jnp.asarray(value)


def number(value: float) -> Argument:
    """A real setting that is not negative."""
    return Argument(value, _number)


def integer(value: int, *, minimum: int = 1) -> Argument:
    """A count, or an index."""

    def table(value: int) -> Table:
        yield from _no_value()
        yield Right.REFUSED, "text", "seven"
        yield Right.REFUSED, "digits as text", str(value)
        yield Right.REFUSED, "NaN", np.nan
        yield Right.REFUSED, "infinity", np.inf
        yield Right.REFUSED, "fraction", value + 0.5
        yield Right.REFUSED, "complex", complex(value)
        yield Right.REFUSED, "list", [value]
        yield Right.REFUSED, "two", np.full(2, value)
        yield Right.REFUSED, "below the least", minimum - 1
        yield Right.REFUSED, "negative", np.int64(-(10**9))
        yield Right.EITHER, "whole float", float(value)
        yield Right.EITHER, "True", True
        yield Right.REFUSED, "huge", 10**30
        yield Right.SAME, "NumPy integer", np.int64(value)
        yield Right.SAME, "int8", np.int8(value)
        yield Right.SAME, "NumPy array", np.asarray(value)
        yield Right.SAME, "JAX array", jnp.asarray(value)

    return Argument(value, table)


def elements(value: Any, order: int) -> Argument:
    """Elements of a group, or other indices in 0, …, order - 1."""

    def table(value: Any) -> Table:
        array = np.asarray(value)
        yield from _no_value()
        yield Right.REFUSED, "text", "seven"
        yield Right.REFUSED, "array of text", np.full(array.shape, "0")
        yield Right.REFUSED, "complex", array.astype(complex)
        yield Right.REFUSED, "NaN", np.full(array.shape, np.nan)
        yield Right.REFUSED, "fractions", array + 0.5
        yield Right.EITHER, "whole floats", array.astype(float)
        yield Right.EITHER, "booleans", array.astype(bool)
        yield Right.REFUSED, "negative", np.full(array.shape, -1)
        yield Right.REFUSED, "beyond the last", np.full(array.shape, order)
        yield Right.REFUSED, "huge", np.full(array.shape, 2**62)
        yield Right.REFUSED, "huge unsigned", np.full(array.shape, 2**63, np.uint64)
        yield Right.SAME, "uint8", array.astype(np.uint8)
        yield Right.SAME, "int32", array.astype(np.int32)
        yield Right.SAME, "JAX array", jnp.asarray(array)
        if array.ndim:
            yield Right.SAME, "lists", array.tolist()
            yield Right.SAME, "tuple", tuple(array.tolist())
            yield Right.REFUSED, "ragged", [[0, 1], [0]]
            yield Right.EITHER, "none", array[:0]
            yield Right.EITHER, "one fewer", array[:-1]
            yield Right.EITHER, "one more", np.concatenate([array, array[-1:]])
            yield Right.EITHER, "twice", np.concatenate([array, array])
            yield Right.EITHER, "one axis more", array[None]

    return Argument(value, table)


def integers(value: Sequence[int]) -> Argument:
    """A tuple of counts, such as a shape."""

    def table(value: Sequence[int]) -> Table:
        first, *rest = value
        yield from _no_value()
        yield Right.REFUSED, "text", "seven"
        yield Right.REFUSED, "texts", ("x",) * len(value)
        yield Right.REFUSED, "NaN", (np.nan, *rest)
        yield Right.REFUSED, "fraction", (first + 0.5, *rest)
        yield Right.REFUSED, "complex", (complex(first), *rest)
        yield Right.REFUSED, "zero", (0, *rest)
        yield Right.REFUSED, "negative", (-first, *rest)
        yield Right.REFUSED, "nested", (tuple(value),) * len(value)
        yield Right.EITHER, "one number", first
        yield Right.EITHER, "none", ()
        yield Right.EITHER, "one more", (*value, first)
        yield Right.EITHER, "one fewer", tuple(rest)
        yield Right.SAME, "list", list(value)
        yield Right.SAME, "NumPy array", np.array(value)
        yield Right.SAME, "NumPy integers", tuple(np.int64(v) for v in value)

    return Argument(tuple(value), table)


def choice(value: str, *, works: bool = True) -> Argument:
    """One of a few words; only wrong ones where the right one would download something."""

    def table(value: str) -> Table:
        yield Right.REFUSED, "None", None
        yield Right.REFUSED, "another word", "seven"
        yield Right.REFUSED, "no word", ""
        yield Right.REFUSED, "a number", 3
        yield Right.REFUSED, "bytes", value.encode()
        yield Right.REFUSED, "a list", [value]
        yield Right.REFUSED, "an object", object()
        yield Right.REFUSED, "an array", np.zeros(2)
        if works:
            yield Right.SAME, "NumPy text", np.str_(value)

    return Argument(value, table)


def thing(value: Any, *others: Any) -> Argument:
    """A group, an action, a kernel or the like; others of its type do not fit."""

    def table(value: Any) -> Table:
        yield Right.NO_VALUE, "None", None
        yield Right.NO_VALUE, "object", object()
        yield Right.NO_VALUE, "text", "seven"
        yield Right.NO_VALUE, "number", 3
        yield Right.NO_VALUE, "array", np.eye(3)
        if not callable(value):  # classes are callable too
            yield Right.NO_VALUE, "its type", type(value)
        for place, other in enumerate(others):
            yield Right.REFUSED, f"another of its kind ({place})", other

    return Argument(value, table)


def key(value: Any) -> Argument:
    """A key of `jax.random`."""

    def table(value: Any) -> Table:
        yield Right.NO_VALUE, "None", None
        yield Right.NO_VALUE, "object", object()
        yield Right.NO_VALUE, "text", "seven"
        yield Right.NO_VALUE, "number", 3
        yield Right.NO_VALUE, "floats", np.zeros(2)
        yield Right.NO_VALUE, "keys", jax.random.split(jax.random.key(0), 3)

    return Argument(value, table)


def given(value: Any) -> Argument:
    """What is handed in as it is."""
    return Argument(value, lambda value: iter(()))
