"""Exact kernel regression, and its error at points that were held out.

With the ridge r on the diagonal, a training set with Gram matrix K and labels y predicts
k(x)ᵀ (K + rI)⁻¹ y at x: what an infinitely wide network trained to convergence on the squared loss
predicts on average over initializations (r → 0).

Labels are +1 and -1, or any real numbers where that is asked for, by ``real_labels=True``;
predictions are linear in them. Errors are of labels +1 and -1, and signed: 1 - yŷ is above 1
exactly where the prediction has the wrong sign, and negative where it overshoots. Its size is
|y - ŷ|, the error of Perin and Deny (arXiv 2412.11521).
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
