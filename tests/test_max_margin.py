"""Without a pose, regression is the classifier of the largest margin, if two orbits are alike."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from symtheory.datasets import two_circles
from symtheory.groups import cyclic_group, dihedral_group
from symtheory.kernels import RBF, gram
from symtheory.regression import relative_ridge
from symtheory.spectral import FirstRows, expand_rows, group_average, spectral_error

seeds = st.integers(0, 2**32 - 1)


def regression_weights(matrix: np.ndarray, y: np.ndarray) -> np.ndarray:
    """y_b α_b, for f = Σ α_b k(·, x_b) that interpolates the labels, or regresses with a ridge."""
    return y * np.linalg.solve(matrix, y)


def dual_weights(matrix: np.ndarray, y: np.ndarray) -> np.ndarray:
    """y_b α_b ≥ 0 of the support vector machine without a bias, by nonnegative least squares.

    Its dual is min ½ βᵀQβ - Σ β over β ≥ 0, with Q = diag(y) K diag(y) = MMᵀ. With a ridge in K it
    is that of the squared hinge loss.
    """
    factor = y[:, None] * np.linalg.cholesky(matrix)
    return nnls(factor.T, np.linalg.solve(factor, np.ones(len(y))))[0]


def left_out(matrix: np.ndarray, order: int, p: int):
    """The seen points' matrix and labels, and the prediction at p by each set of weights."""
    y = np.repeat([1.0, -1.0], order)
    kept = np.delete(np.arange(2 * order), p)
    seen = matrix[np.ix_(kept, kept)]

    def margin(weights: np.ndarray) -> float:
        return float(y[p] * matrix[p, kept] @ (y[kept] * weights))

    return seen, y[kept], margin


def assert_same_classifier(matrix, group, p):
    """`matrix` is A = K + rI; the ridge does not reach off the diagonal."""
    seen, y, margin = left_out(matrix, group.order, p)
    by_regression, by_margin = regression_weights(seen, y), dual_weights(seen, y)
    assert (by_regression > 0).all()
    np.testing.assert_allclose(by_margin, by_regression, rtol=1e-5, atol=1e-9 * by_margin.max())
    error = float(spectral_error(matrix, group, ridge=0.0)[p // group.order])
    np.testing.assert_allclose(margin(by_margin), 1 - error, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("n", [3, 8, 12])
@pytest.mark.parametrize("separation", [0.2, 0.6, 1.5])
def test_on_two_circles_every_seen_point_is_a_support_vector(n, separation):
    matrix = np.array(gram(RBF(1.4), two_circles(n, separation)))
    matrix += float(relative_ridge(matrix, 1e-7)) * np.eye(2 * n)
    for p in (0, n + 1):
        assert_same_classifier(matrix, cyclic_group(n), p)


@pytest.mark.slow
@given(st.sampled_from([cyclic_group(6), dihedral_group(4)]), seeds)
def test_for_random_orbits_that_a_swap_takes_to_each_other(group, seed):
    features = np.random.default_rng(seed).normal(size=(2 * group.order, 3 * group.order))
    matrix = np.asarray(group_average(features @ features.T, group))
    swapped = np.roll(matrix, group.order, axis=(0, 1))
    assert_same_classifier((matrix + swapped) / 2 + 0.05 * np.eye(len(matrix)), group, 1)


@given(st.integers(2, 9), seeds)
def test_for_an_abelian_group_equal_kernels_within_orbits_are_enough(n, seed):
    """κ_AB need not be symmetric."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(2 * n, 3 * n))
    matrix = np.array(group_average(features @ features.T, cyclic_group(n)))
    matrix[n:, n:] = matrix[:n, :n]
    matrix += (0.05 - min(0.0, np.linalg.eigvalsh(matrix)[0])) * np.eye(2 * n)
    assert_same_classifier(matrix, cyclic_group(n), n)


def test_orbits_that_are_not_alike_may_have_points_that_support_nothing():
    """A is half as far out as B, on the other side: the points of B are beyond the margin."""
    rows = np.zeros((2, 2, 3))
    rows += np.outer([1.0, -2.0], [1.0, -2.0])[..., None]
    rows[[0, 1], [0, 1], 0] += [1.0, 0.1]
    matrix = np.asarray(expand_rows(rows, cyclic_group(3)))
    seen, y, margin = left_out(matrix, 3, 3)
    by_regression, by_margin = regression_weights(seen, y), dual_weights(seen, y)
    assert (by_regression[3:] < 0).all() and (by_margin[3:] == 0).all()
    assert margin(by_margin) > margin(by_regression) > 0
    error = float(spectral_error(FirstRows(rows), cyclic_group(3), ridge=0.0)[1])
    np.testing.assert_allclose(margin(by_regression), 1 - error, rtol=1e-9)
