"""What came of a call: a clear error, the right value, or a fault."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import numpy as np

from bad_calls.inputs import Argument, Odd, Right
from symtheory.actions import Action
from symtheory.groups import FiniteGroup

TOLERANCE = 1e-6  # far above rounding, far below any misunderstanding


@dataclass(frozen=True)
class Call:
    """A call that works, by the names of its arguments."""

    function: Callable[..., Any]
    arguments: Mapping[str, Argument]

    @property
    def values(self) -> dict[str, Any]:
        """The arguments of the call that works."""
        return {name: argument.value for name, argument in self.arguments.items()}

    @property
    def asserts(self) -> bool:
        """Whether an AssertionError is what it raises by design."""
        return self.function.__module__ == "symtheory.testing"

    @cached_property
    def result(self) -> list[np.ndarray]:
        """What comes of it."""
        return leaves(self.function(**self.values))


def call(function: Callable[..., Any], /, **arguments: Argument) -> Call:
    """An example of a function, each argument with its kind."""
    return Call(function, arguments)


def fault(example: Call, name: str, odd: Odd) -> str | None:
    """What is wrong with what comes of a call with one odd argument; None if nothing is."""
    values = example.values | {name: odd.value}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            result = leaves(example.function(**values))
    except Exception as error:
        if isinstance(error, AssertionError) and example.asserts and odd.right is Right.EITHER:
            return None
        return _wrong_error(error, odd.right)
    if odd.right is Right.SAME and not _equal(result, example.result):
        return "another value"
    if odd.right in (Right.REFUSED, Right.NO_VALUE):
        return "no error"
    if not all(np.isfinite(leaf).all() for leaf in result if leaf.dtype.kind in "fc"):
        return "NaN or infinity"
    return None


def _wrong_error(error: Exception, right: Right) -> str | None:
    if right is Right.SAME:
        return f"refused: {_short(error)}"
    if right is Right.NO_VALUE or _is_clear(error):
        return None
    if right is Right.EITHER and isinstance(error, Warning) and _is_own(error):
        return None
    return f"foreign error: {_short(error)}"


def _is_clear(error: Exception) -> bool:
    """Whether it is an error of this package that says what was expected and what came."""
    text = str(error)
    own = isinstance(error, ValueError) or (_is_own(error) and not isinstance(error, Warning))
    return own and all(word in text for word in ("Expected", "Got", "Try"))


def _is_own(error: Exception) -> bool:
    return type(error).__module__.startswith("symtheory")


def _short(error: Exception) -> str:
    return (
        f"{type(error).__name__}: {str(error).strip().splitlines()[0][:80] if str(error) else ''}"
    )


def leaves(result: Any) -> list[np.ndarray]:
    """All numbers in a result."""
    if isinstance(result, str):
        return [np.array(str(result))]
    if isinstance(result, FiniteGroup):
        return [result.table]
    if isinstance(result, Action):
        shape = (1, *result.item_shape)
        items = np.arange(float(np.prod(shape))).reshape(shape)
        return [result.group.table, result.transform(items)]
    if isinstance(result, jax.Array) and jax.dtypes.issubdtype(result.dtype, jax.dtypes.prng_key):
        return [np.asarray(jax.random.key_data(result))]
    if isinstance(result, (np.ndarray, np.generic, jax.Array, int, float, complex)):
        return [np.asarray(result)]
    if isinstance(result, Mapping):
        return [leaf for value in result.values() for leaf in leaves(value)]
    if isinstance(result, (tuple, list)):
        return [leaf for value in result for leaf in leaves(value)]
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        # When it was made, and in how many seconds, is no part of a result.
        names = [field.name for field in dataclasses.fields(result) if field.name != "provenance"]
        fields = [getattr(result, name) for name in names]
        return leaves(fields)
    return []


def _equal(result: list[np.ndarray], expected: list[np.ndarray]) -> bool:
    return len(result) == len(expected) and all(
        one.shape == other.shape
        and (
            np.allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE)
            if one.dtype.kind in "iufc"
            else np.array_equal(one, other)
        )
        for one, other in zip(result, expected, strict=True)
    )
