"""Arrays of real numbers: what is taken for one, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike, DTypeLike

_FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def has_values(*arrays: object) -> bool:
    """Whether all arrays are concrete, so that their values can be looked at."""
    return not any(isinstance(array, jax.core.Tracer) for array in arrays)


def on_host(array: ArrayLike | Array) -> Any:
    """The array as one of NumPy where it has values, a traced one as it is.

    To choose entries and move axes in NumPy compiles no program for every shape.
    """
    return np.asarray(array) if has_values(array) else array


def in_shape(array: Array, shape: tuple[int, ...]) -> Array:
    """The array in another shape, for which nothing is compiled where it has values."""
    return jnp.asarray(on_host(array).reshape(shape))


def poison(result: Array, ok: ArrayLike | Array) -> Array:
    """The result, and NaN where it is not ok; its gradient too.

    For traced code, where a violated contract cannot raise.

    Args:
        result: Floats, of shape (..., *rest).
        ok: Booleans, of shape (...), broadcast over the axes of the result that follow.
    """
    ok = jnp.asarray(ok)
    factor = jnp.where(ok, 1.0, jnp.nan).astype(result.dtype)
    # Not `where(ok, result, nan)`, whose gradient is a plausible 0 where it is not ok.
    return result * factor.reshape(*ok.shape, *(1,) * (result.ndim - ok.ndim))


def ensure(result: Array, ok: ArrayLike | Array, refusal: Callable[[], str]) -> Array:
    """The result, if it is ok: an error where that can be known, else `poison`.

    Args:
        result: Floats, of shape (..., *rest).
        ok: Booleans, of shape (...).
        refusal: Makes the message, where values exist.

    Raises:
        ValueError: If it is not ok.
    """
    if not has_values(ok):
        return poison(result, ok)
    if not np.all(np.asarray(ok)):
        raise ValueError(refusal())
    return result


def as_real_array(array: ArrayLike | Array, name: str) -> Array:
    """An array of float32 or float64, finite where it has values, NaN where traced ones are not.

    Integers and booleans become JAX's default float, NumPy's ``longdouble`` becomes float64.

    Args:
        array: What a user handed in; nested lists will do.
        name: What it is, in errors: "Gram matrix".

    Raises:
        ValueError: If it is ragged, has an entry that is NaN or infinite, or is not of real
            numbers in single or double precision.
    """
    with np.errstate(over="ignore"):  # without x64, what is too large becomes infinite
        converted = jnp.asarray(uncopied(array, name))
    if not has_values(converted):
        return jnp.where(jnp.isfinite(converted), converted, jnp.nan)
    _refuse_infinity(np.asarray(converted), name)
    return converted


def as_real_values(array: ArrayLike | Array, name: str) -> np.ndarray:
    """The same on the side of NumPy, for what is never traced: finite float64.

    Args:
        array: What a user handed in; nested lists will do.
        name: What it is, in errors: "images".

    Raises:
        ValueError: As `as_real_array`, or if it is traced.
    """
    if not has_values(array):
        raise ValueError(
            f"Expected numbers in the {name}. Got an abstract array, inside jax.jit or the like. "
            "Try preparing it outside."
        )
    real = array if isinstance(array, Array) else _as_numpy(array, name)
    if not has_values(real):  # a list of traced arrays
        return as_real_values(real, name)
    if real.dtype not in _FLOATS:
        _refuse_other_than_counts(real.dtype, name)
    # Integers too, and not by way of JAX's default float, which is single without x64.
    values = np.asarray(real).astype(np.float64, copy=False)
    _refuse_infinity(values, name)
    return values


def uncopied(array: ArrayLike | Array, name: str) -> np.ndarray | Array:
    """An array of float32 or float64, of the library that it came from, if finite or not.

    It is the same array if it had such a type, for matrices that fill the memory.

    Raises:
        ValueError: As `as_real_array`, but for entries that are NaN or infinite.
    """
    real = array if isinstance(array, Array) else _as_numpy(array, name)
    if real.dtype in _FLOATS:
        return real
    _refuse_other_than_counts(real.dtype, name)
    return real.astype(jnp.result_type(float))


def as_float_type(dtype: DTypeLike | None) -> np.dtype:
    """A type of floats, or a ValueError; one that JAX would make shorter is refused too."""
    try:
        found = None if dtype is None else jnp.dtype(dtype)
    except TypeError:
        found = None
    if found is None or not jnp.issubdtype(found, jnp.floating):
        raise ValueError(f"Expected dtype, a type of floats. Got {dtype!r}. Try numpy.float64.")
    if jax.dtypes.canonicalize_dtype(found) != found:
        raise ValueError(
            f"Expected a dtype that JAX computes in. Got {found}. "
            'Try jax.config.update("jax_enable_x64", True) before making any array.'
        )
    return found


def _as_numpy(array: ArrayLike, name: str) -> np.ndarray | Array:
    """A NumPy array of what is not yet a JAX array; of a list of traced arrays, a traced one."""
    if np.ma.is_masked(array):
        raise ValueError(
            f"Expected numbers in all of the {name}. Got a masked array. Try its filled(value)."
        )
    try:
        values = np.asarray(array)
    except jax.errors.TracerArrayConversionError:
        return jnp.asarray(array)
    except (TypeError, ValueError):  # rows of different lengths
        values = np.asarray(None)
    values = values.astype(values.dtype.newbyteorder("="), copy=False)  # as files have it
    return values.astype(np.float64) if values.dtype == np.longdouble else values


def _refuse_other_than_counts(dtype: np.dtype, name: str) -> None:
    """Refuse all types but integers and booleans, which have an obvious float."""
    # NumPy counts spans of time among the integers.
    span = jnp.issubdtype(dtype, np.timedelta64)
    if dtype == np.dtype(bool) or (jnp.issubdtype(dtype, jnp.integer) and not span):
        return
    if jnp.issubdtype(dtype, jnp.complexfloating):
        got, remedy = str(dtype), "its real part"
    elif jnp.issubdtype(dtype, jnp.floating):
        got, remedy = f"{dtype}, which has too few digits", "astype(float)"
    elif dtype == np.dtype(object):
        got, remedy = "rows of different lengths, or other objects", "numpy.stack(rows)"
    else:
        got, remedy = str(dtype), "astype(float)"
    raise ValueError(
        f"Expected real numbers in the {name}, as float32 or float64. Got {got}. Try {remedy}."
    )


def _refuse_infinity(values: np.ndarray, name: str) -> None:
    if not np.isfinite(values).all():
        raise ValueError(
            f"Expected finite numbers in the {name}. Got NaN or infinity. Try checking the data."
        )
