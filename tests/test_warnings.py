"""A warning names the line that called the package, which is the one to change."""

import warnings

import jax.numpy as jnp
import numpy as np
import pytest

from symtheory import IllConditionedWarning, SymmetryWarning
from symtheory.actions import orbit, translation_action
from symtheory.groups import cyclic_group
from symtheory.regression import (
    held_out_prediction,
    leave_one_out_error,
    leave_one_out_prediction,
    predict,
    predictive_variance,
)
from symtheory.spectral import circulant_spectral_error, spectral_error, spectrum

LABELS = np.repeat([1, -1], 4)
# Points that are nearly the same, and points of which none is like another.
NEARLY_SINGULAR = np.ones((8, 8)) + 1e-14 * np.eye(8)
LOPSIDED = np.diag(np.arange(1.0, 9.0))


@pytest.mark.parametrize(
    "call",
    [
        lambda: orbit(np.ones((2, 4)), translation_action(4, (4,))),
        lambda: spectral_error(LOPSIDED, cyclic_group(4), ridge=0.1),
        lambda: circulant_spectral_error(LOPSIDED, ridge=0.1),
        lambda: spectrum(LOPSIDED, ridge=0.1),
        lambda: leave_one_out_error(NEARLY_SINGULAR, LABELS, ridge=0.0),
        lambda: leave_one_out_prediction(NEARLY_SINGULAR, LABELS, ridge=0.0),
        lambda: held_out_prediction(NEARLY_SINGULAR, LABELS, 0, ridge=0.0),
        lambda: predict(NEARLY_SINGULAR, jnp.ones((1, 8)), LABELS, ridge=0.0),
        lambda: predictive_variance(NEARLY_SINGULAR, jnp.ones((1, 8)), jnp.ones(1), ridge=0.0),
    ],
)
def test_a_warning_names_the_line_of_the_caller(call):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        call()
    ours = [
        one for one in heard if issubclass(one.category, (IllConditionedWarning, SymmetryWarning))
    ]
    assert ours
    assert {one.filename for one in ours} == {__file__}
