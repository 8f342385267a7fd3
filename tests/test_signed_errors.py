"""Errors are 1 - yŷ: above 1 exactly where the sign is wrong, negative where it overshoots."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory.groups import cyclic_group, symmetric_group
from symtheory.kernels import RBF, gram
from symtheory.regression import held_out_prediction, leave_one_out_error
from symtheory.spectral import (
    FirstRows,
    circulant_spectral_error,
    expand_rows,
    group_average,
    held_out_error,
    spectral_error,
)

seeds = st.integers(0, 2**32 - 1)
groups = st.sampled_from([cyclic_group(2), cyclic_group(5), symmetric_group(3)])
# For each number of points programs are compiled.
groups_and_orbits = st.sampled_from(
    [(cyclic_group(2), 4), (cyclic_group(5), 2), (symmetric_group(3), 3)]
)


def random_problem(seed: int, group, m: int, features: int):
    """An invariant Gram matrix of features of any sign, and labels of orbits, in two columns."""
    rng = np.random.default_rng(seed)
    phi = rng.normal(size=(m * group.order, features)) + rng.normal(size=features)
    labels = rng.choice([-1.0, 1.0], size=(m, 2))
    return group_average(phi @ phi.T, group), labels


@pytest.mark.slow
@given(groups_and_orbits, st.integers(2, 30), seeds)
def test_an_error_is_above_1_exactly_where_the_sign_is_wrong(group_and_orbits, features, seed):
    """Against removing the points and solving again, which knows neither formula."""
    group, m = group_and_orbits
    matrix, labels = random_problem(seed, group, m, features)
    every = np.repeat(labels, group.order, axis=0)
    points = list(range(0, m * group.order, group.order))
    margin = np.stack(
        [every[p] * np.asarray(held_out_prediction(matrix, every, p, ridge=0.1)) for p in points]
    )
    exact = np.asarray(leave_one_out_error(matrix, every, ridge=0.1))[points]
    theory = np.asarray(spectral_error(matrix, group, ridge=0.1, labels=labels))
    together = [(0, 0), (m - 1, 1)]
    places = [0, (m - 1) * group.order + 1]
    jointly = np.asarray(held_out_error(matrix, group, held_out=together, ridge=0.1, labels=labels))
    joint_margin = every[places] * np.asarray(held_out_prediction(matrix, every, places, ridge=0.1))
    for error, right in ((exact, margin), (theory, margin), (jointly, joint_margin)):
        np.testing.assert_allclose(error, 1 - right, rtol=1e-7, atol=1e-9)
        clear = np.abs(right) > 1e-9
        np.testing.assert_array_equal((error > 1)[clear], (right < 0)[clear])


def opposite(shift: float) -> np.ndarray:
    """Two orbits of C3 whose means are μ_A = 1 and μ_B = -2 (but for the shift) on one axis."""
    rows = np.zeros((2, 2, 3))
    means = np.array([1.0, -2.0]) + shift
    rows += np.outer(means, means)[..., None]
    rows[[0, 1], [0, 1], 0] += 1.0  # and what makes each point differ from the others
    return rows


def test_an_overshoot_is_a_negative_error():
    """A is half as far out as B on the other side, so that to fit A is to overshoot at B."""
    rows, group = opposite(0.0), cyclic_group(3)
    matrix = expand_rows(rows, group)
    prediction = float(held_out_prediction(matrix, np.repeat([1, -1], 3), 3, ridge=0.0))
    np.testing.assert_allclose(prediction, -7 / 6, rtol=1e-10)
    expected = 1 + prediction
    errors = (
        spectral_error(FirstRows(rows), group, ridge=0.0)[1],
        held_out_error(FirstRows(rows), group, held_out=[(1, 0)], ridge=0.0)[0],
        leave_one_out_error(matrix, np.repeat([1, -1], 3), ridge=0.0)[3],
    )
    np.testing.assert_allclose(errors, expected, rtol=1e-10)


def test_an_overshoot_of_more_than_2_is_no_wrong_sign():
    """Its size |y - ŷ| is above 1, where the sign is right."""
    rows = np.zeros((2, 2, 2))
    rows += np.outer([1.0, -4.0], [1.0, -4.0])[..., None]
    rows[[0, 1], [0, 1], 0] += [0.5, 50.0]  # B's points tell little of one another
    error = float(spectral_error(FirstRows(rows), cyclic_group(2), ridge=0.0)[1])
    matrix = expand_rows(rows, cyclic_group(2))
    prediction = float(held_out_prediction(matrix, np.array([1, 1, -1, -1]), 2, ridge=0.0))
    assert abs(-1 - prediction) > 1 and prediction < 0
    np.testing.assert_allclose(error, 1 + prediction, rtol=1e-10)
    assert error < -1


@pytest.mark.slow
@given(groups, st.integers(2, 30), st.floats(0.0, 10.0), seeds)
def test_one_of_two_orbits_overshoots_only_where_means_are_far_on_opposite_sides(
    group, features, ridge, seed
):
    """B does if and only if ⟨μ_A, μ_B⟩ < -‖μ_A‖² - r/|G|, so never under a nonnegative kernel."""
    matrix, _ = random_problem(seed, group, 2, features)
    matrix += 1e-3 * np.eye(len(matrix))
    n = group.order
    means = np.asarray(matrix).reshape(2, n, 2, n).mean(axis=(1, 3))
    error = np.asarray(spectral_error(matrix, group, ridge=ridge))
    slack = means[0, 1] + np.diagonal(means) + ridge / n  # (of B, of A)
    np.testing.assert_array_equal(error[::-1] < 0, slack < 0)
    # The circulant formula, for which orbits are alike, never does.
    if group == cyclic_group(5):
        assert float(circulant_spectral_error(matrix, ridge=ridge)) > 0
    nonnegative = group_average(
        np.abs(matrix) + n * 2 * np.abs(matrix).max() * np.eye(2 * n), group
    )
    assert (np.asarray(spectral_error(nonnegative, group, ridge=ridge)) > 0).all()


@pytest.mark.parametrize("shift", [0.0, 3.0])
def test_a_common_shift_of_the_features_takes_an_overshoot_away(shift):
    error = spectral_error(FirstRows(opposite(shift)), cyclic_group(3), ridge=0.0)
    assert (float(error[1]) < 0) == (shift == 0)


@pytest.mark.slow
def test_a_nonnegative_kernel_on_points_of_the_plane_never_overshoots(rng):
    for _ in range(20):
        seeds = rng.normal(size=(2, 1, 2)) * rng.uniform(0.1, 3, size=(2, 1, 1))
        angles = 2 * np.pi * np.arange(6) / 6
        turns = np.array([[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]])
        orbits = np.einsum("abg,ib->iga", turns, seeds[:, 0])
        error = spectral_error(gram(RBF(1.0), orbits), cyclic_group(6), ridge=1e-3)
        assert (np.asarray(error) > 0).all()
