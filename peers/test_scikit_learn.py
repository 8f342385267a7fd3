"""Regression against scikit-learn's kernel ridge and Gaussian processes."""

from itertools import product

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF as GaussianKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.model_selection import LeaveOneOut, cross_val_predict

from symtheory.regression import held_out_prediction, leave_one_out_error, predict

SIZES = [(5, 1), (20, 2), (60, 3)]
RIDGES = [1e-8, 1e-4, 1e-1, 10.0]
cases = pytest.mark.parametrize("size,ridge", list(product(SIZES, RIDGES)))


def problem(size):
    """Points and queries, their kernels, and labels of two classes."""
    n, dimension = size
    rng = np.random.default_rng([n, dimension])
    points, queries = rng.normal(size=(n, dimension)), rng.normal(size=(7, dimension))
    return (
        points,
        queries,
        rbf_kernel(points, gamma=0.5),
        rbf_kernel(queries, points, gamma=0.5),
        rng.choice([-1.0, 1.0], size=n),
    )


def tolerance(gram, ridge):
    """Rounding, amplified by the condition number."""
    return 1e3 * np.finfo(float).eps * (np.trace(gram) / ridge + 1)


@cases
def test_predictions_are_those_of_kernel_ridge_and_of_a_gaussian_process(size, ridge):
    points, queries, gram, cross, labels = problem(size)
    mine = np.asarray(predict(gram, cross, labels, ridge=ridge))
    atol = tolerance(gram, ridge)
    theirs = KernelRidge(alpha=ridge, kernel="precomputed").fit(gram, labels).predict(cross)
    np.testing.assert_allclose(mine, theirs, rtol=0, atol=atol)
    process = GaussianProcessRegressor(GaussianKernel(1.0), alpha=ridge, optimizer=None)
    np.testing.assert_allclose(
        mine, process.fit(points, labels).predict(queries), rtol=0, atol=atol
    )


@cases
def test_what_is_left_out_is_predicted_as_by_fitting_again(size, ridge):
    *_, gram, _, labels = problem(size)
    model = KernelRidge(alpha=ridge, kernel="precomputed")
    theirs = cross_val_predict(model, gram, labels, cv=LeaveOneOut())
    atol = tolerance(gram, ridge)
    for i in range(0, len(labels), 7):
        mine = float(held_out_prediction(gram, labels, i, ridge=ridge))
        np.testing.assert_allclose(mine, theirs[i], rtol=0, atol=atol)
    errors = np.asarray(leave_one_out_error(gram, labels, ridge=ridge))
    np.testing.assert_allclose(errors, 1 - labels * theirs, rtol=0, atol=atol)
