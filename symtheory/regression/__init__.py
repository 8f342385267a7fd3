"""Exact kernel regression, and its error at points that were held out.

With the ridge r on the diagonal, a training set with Gram matrix K and labels y predicts
k(x)ᵀ (K + rI)⁻¹ y at x: what an infinitely wide network trained to convergence on the squared loss
predicts on average over initializations (r → 0).

Labels are +1 and -1. Predictions are linear in them, and are of any real numbers where that is
asked for, by ``real_labels=True``; an error is one of classes.
"""

from symtheory.regression.flow import gradient_flow
from symtheory.regression.held_out import (
    held_out_prediction,
    leave_one_out_error,
    leave_one_out_prediction,
)
from symtheory.regression.solving import predict, predictive_variance, relative_ridge

__all__ = [
    "gradient_flow",
    "held_out_prediction",
    "leave_one_out_error",
    "leave_one_out_prediction",
    "predict",
    "predictive_variance",
    "relative_ridge",
]
