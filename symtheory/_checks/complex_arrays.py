"""Arrays of numbers that may be complex: functions on groups, transforms, representations."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks.arrays import as_real_array, as_real_values


def as_complex_array(array: ArrayLike | Array, name: str) -> Array:
    """An array of complex64 or complex128 if it is complex, else as `as_real_array` has it.

    Args:
        array: What a user handed in; nested lists will do.
        name: What it is, in errors: "function".

    Raises:
        ValueError: As `as_real_array`, but for complex numbers.
    """
    if not _is_complex(array):
        return as_real_array(array, name)
    array = array if isinstance(array, Array) else np.asanyarray(array)  # which keeps masks
    return jax.lax.complex(as_real_array(array.real, name), as_real_array(array.imag, name))


def as_complex_values(array: ArrayLike | Array, name: str) -> np.ndarray:
    """The same on the side of NumPy: finite, float64 or complex128.

    Args:
        array: What a user handed in; nested lists will do.
        name: What it is, in errors: "character".

    Raises:
        ValueError: As `as_real_values`, but for complex numbers.
    """
    if not _is_complex(array):
        return as_real_values(array, name)
    array = array if isinstance(array, Array) else np.asanyarray(array)
    return as_real_values(array.real, name) + 1j * as_real_values(array.imag, name)


def _is_complex(array: ArrayLike | Array) -> bool:
    if not isinstance(array, Array):
        try:
            array = np.asarray(array)
        except (TypeError, ValueError, jax.errors.TracerArrayConversionError):
            return False  # ragged, or a list of traced arrays: for others to judge
    return jnp.issubdtype(array.dtype, jnp.complexfloating)
