"""Regression and spectral errors."""

import numpy as np

from bad_calls.inputs import Right, elements, fixed, gram, labels, number, thing
from bad_calls.outcomes import call
from symtheory import datasets, groups, kernels, regression, spectral

# What holds first rows is read, and checked, by the functions that take it.
NOT_CALLED = {"spectral.FirstRows", "spectral.Spectrum"}

C3 = groups.cyclic_group(3)
CIRCLES = datasets.two_circles(3, separation=1.0)
GRAM = np.asarray(kernels.gram(kernels.RBF(0.5), CIRCLES))
ROWS = np.asarray(spectral.average_rows(GRAM, C3))
CROSS = GRAM[:2] * 0.5
OTHERS = (groups.cyclic_group(4), groups.symmetric_group(4))
ON_POINTS = {"gram": gram(GRAM), "labels": labels([1, 1, 1, -1, -1, -1])}
ON_ORBITS = {"gram": gram(GRAM), "group": thing(C3, *OTHERS)}
RIDGE = number(1e-2)
# Two orbits have the labels +1 and -1 if none are given.
OF_ORBITS = labels([1, -1]).but(Right.SAME, "None")
WITH_LABELS = {**ON_ORBITS, "ridge": RIDGE, "labels": OF_ORBITS}
HELD_OUT = elements([[0, 1], [1, 2]], 3).but(
    Right.REFUSED, "none", "twice", "one more", "one axis more", "booleans"
)

EXAMPLES = {
    "regression.gradient_flow": call(
        regression.gradient_flow,
        **ON_POINTS,
        cross=fixed(CROSS).but(Right.EITHER, "no rows", "one row fewer", "one row more"),
        time=number(2.0).but(Right.EITHER, "infinity", "seven numbers", "no numbers"),
    ),
    "regression.held_out_prediction": call(
        regression.held_out_prediction,
        **ON_POINTS,
        held_out=elements([0, 4], 6).but(Right.REFUSED, "none", "twice", "one more", "booleans"),
        ridge=RIDGE,
    ),
    "regression.leave_one_out_error": call(
        regression.leave_one_out_error, **ON_POINTS, ridge=RIDGE
    ),
    "regression.leave_one_out_prediction": call(
        regression.leave_one_out_prediction, **ON_POINTS, ridge=RIDGE
    ),
    "regression.predict": call(
        regression.predict,
        **ON_POINTS,
        cross=fixed(CROSS).but(Right.EITHER, "no rows", "one row fewer", "one row more"),
        ridge=RIDGE,
    ),
    "regression.predictive_variance": call(
        regression.predictive_variance,
        gram=gram(GRAM),
        cross=fixed(CROSS),
        prior=fixed(np.ones(2)),
        ridge=RIDGE,
    ),
    "regression.relative_ridge": call(regression.relative_ridge, gram=gram(GRAM), r=number(1e-2)),
    "spectral.average_rows": call(spectral.average_rows, **ON_ORBITS),
    "spectral.circulant_spectral_error": call(
        spectral.circulant_spectral_error, gram=gram(GRAM), ridge=RIDGE
    ),
    "spectral.error_bound": call(spectral.error_bound, **WITH_LABELS),
    "spectral.error_variance": call(
        spectral.error_variance, **ON_ORBITS, start=gram(GRAM), ridge=RIDGE
    ),
    "spectral.expand_rows": call(spectral.expand_rows, rows=fixed(ROWS), group=thing(C3, *OTHERS)),
    "spectral.group_average": call(spectral.group_average, **ON_ORBITS),
    "spectral.held_out_error": call(spectral.held_out_error, **WITH_LABELS, held_out=HELD_OUT),
    "spectral.held_out_prediction": call(
        spectral.held_out_prediction, **WITH_LABELS, held_out=HELD_OUT
    ),
    "spectral.spectral_error": call(spectral.spectral_error, **WITH_LABELS),
    "spectral.spectrum": call(spectral.spectrum, gram=gram(GRAM), ridge=RIDGE),
    "spectral.symmetry_defect": call(spectral.symmetry_defect, **ON_ORBITS),
    "spectral.variation_defect": call(spectral.variation_defect, **ON_ORBITS),
}
