"""Checks of what users hand in, the same in every room.

Values are looked at only where there are values: inside ``jax.jit``, ``jax.vmap`` or ``jax.grad``
arrays are abstract; shapes and types are still checked, and a bad value turns the result into NaN.
"""

from symtheory._checks.arrays import (
    as_float_type,
    as_real_array,
    as_real_values,
    ensure,
    has_values,
    in_shape,
    on_host,
    poison,
    uncopied,
)
from symtheory._checks.complex_arrays import as_complex_array, as_complex_values
from symtheory._checks.numbers import as_image_shape, as_integer, as_number, as_sizes
from symtheory._checks.systems import (
    LARGEST_AMPLIFICATION,
    as_gram,
    as_labels,
    as_ridge,
    inverse_factor,
    inverse_factors,
    uncopied_gram,
    warn_if_ill_conditioned,
)
from symtheory._checks.warned import IllConditionedWarning, SymmetryWarning, warn
from symtheory._checks.words import as_callable, as_choice

__all__ = [
    "LARGEST_AMPLIFICATION",
    "IllConditionedWarning",
    "SymmetryWarning",
    "as_callable",
    "as_choice",
    "as_complex_array",
    "as_complex_values",
    "as_float_type",
    "as_gram",
    "as_image_shape",
    "as_integer",
    "as_labels",
    "as_number",
    "as_real_array",
    "as_real_values",
    "as_ridge",
    "as_sizes",
    "ensure",
    "has_values",
    "in_shape",
    "inverse_factor",
    "inverse_factors",
    "on_host",
    "poison",
    "uncopied",
    "uncopied_gram",
    "warn",
    "warn_if_ill_conditioned",
]
