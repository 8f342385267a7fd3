"""Operator regression, against brute force and against what its propositions say."""

import numpy as np
import pytest

from symtheory.actions import orbit, rotation_action
from symtheory.learning import learn_operator, operator_powers


def pairs(
    rng: np.random.Generator, count: int, size: int, rank: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, in a subspace if it has a rank, what an orthogonal map makes of them, and the map."""
    turn = np.linalg.qr(rng.normal(size=(size, size)))[0]
    x = rng.normal(size=(count, size))
    if rank is not None:
        x = x @ np.linalg.qr(rng.normal(size=(size, rank)))[0] @ rng.normal(size=(rank, size))
    return x, x @ turn.T, turn


def brute_force(x: np.ndarray, y: np.ndarray, ridge: float) -> np.ndarray:
    """One least-squares problem for each coordinate of the output, the ridge as further rows."""
    d = x.shape[1]
    rows = np.concatenate([x, np.sqrt(ridge) * np.eye(d)])
    return np.stack(
        [np.linalg.lstsq(rows, np.append(column, np.zeros(d)))[0] for column in np.transpose(y)]
    )


@pytest.mark.parametrize(("count", "size"), [(4, 9), (9, 9), (30, 9), (1, 5)])
@pytest.mark.parametrize("ridge", [1e-7, 1e-3, 1.0, 100.0])
def test_the_operator_is_that_of_brute_force(rng, count, size, ridge):
    x, y = rng.normal(size=(count, size)), rng.normal(size=(count, 7))
    operator = learn_operator(x, y, ridge=ridge)
    assert operator.shape == (7, size)
    np.testing.assert_allclose(operator, brute_force(x, y, ridge), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(("count", "size"), [(4, 9), (30, 9)])
def test_it_is_a_minimum(rng, count, size):
    x, y, _ = pairs(rng, count, size)
    operator = learn_operator(x, y, ridge=0.3)

    def loss(candidate: np.ndarray) -> float:
        return np.square(x @ candidate.T - y).sum() + 0.3 * np.square(candidate).sum()

    for _ in range(20):
        step = rng.normal(size=operator.shape)
        # The loss is quadratic, with a second derivative of at least the ridge.
        assert loss(operator + step) >= loss(operator) + 0.3 * np.square(step).sum() * (1 - 1e-9)


def test_without_ridge_it_is_exact_on_the_span_and_zero_beside_it(rng):
    x, y, turn = pairs(rng, 30, 12, rank=5)
    operator = learn_operator(x, y, ridge=0.0)
    project = np.linalg.pinv(x) @ x
    np.testing.assert_allclose(operator, turn @ project, atol=1e-12)
    np.testing.assert_allclose(learn_operator(x, x, ridge=0.0), project, atol=1e-12)
    new = rng.normal(size=(50, 12))
    error = np.linalg.norm(new @ operator.T - new @ turn.T, axis=1)
    distance = np.linalg.norm(new - new @ project, axis=1)
    np.testing.assert_allclose(error, distance, rtol=1e-10)
    assert distance.min() > 0.1


def test_a_ridge_that_vanishes_leads_there_at_its_own_rate(rng):
    """Along the singular direction k of the inputs the error is ρ/(s_k² + ρ)."""
    x, y, turn = pairs(rng, 6, 10)
    _, s, directions = np.linalg.svd(x, full_matrices=False)
    limit = learn_operator(x, y, ridge=0.0)
    for ridge in (1e-12, 1e-6, 1e-2, 1.0):
        operator = learn_operator(x, y, ridge=ridge)
        error = np.linalg.norm(directions @ (operator - turn).T, axis=1)
        np.testing.assert_allclose(error, ridge / (s**2 + ridge), rtol=1e-6, atol=1e-13)
        gap = np.linalg.norm(operator - limit, 2)
        assert gap <= ridge / s[-1] ** 2 + 1e-12


def test_of_all_maps_that_fit_it_has_the_least_norm(rng):
    x, y, _ = pairs(rng, 4, 9)
    operator = learn_operator(x, y, ridge=0.0)
    beside = rng.normal(size=(9, 9)) @ (np.eye(9) - np.linalg.pinv(x) @ x)
    other = operator + beside
    np.testing.assert_allclose(x @ other.T, y, atol=1e-10)
    squares = [np.square(one).sum() for one in (operator, beside, other)]
    assert squares[0] + squares[1] == pytest.approx(squares[2])


def test_both_ways_to_solve_agree_where_they_meet(rng):
    for count in (5, 20):
        x, y, _ = pairs(rng, count, 8)
        ridges = np.square(x).sum() * 1e-8 * np.array([0.999, 1.001])
        below, above = (learn_operator(x, y, ridge=ridge) for ridge in ridges)
        np.testing.assert_allclose(below, above, atol=1e-6)


def test_powers_of_a_turn_that_whole_orbits_taught(rng):
    """Of images of whole orbits the span is invariant, and Tʲ = gʲP: N turns leave P alone."""
    images = rng.normal(size=(5, 6, 6))
    poses = orbit(images, rotation_action(4, (6, 6))).reshape(5, 4, 36)
    operator = learn_operator(
        poses.reshape(20, 36), np.roll(poses, -1, axis=1).reshape(20, 36), ridge=0.0
    )
    new = orbit(rng.normal(size=(3, 6, 6)), rotation_action(4, (6, 6))).reshape(3, 4, 36)
    turned = operator_powers(operator, new[:, 0], 5)
    project = np.linalg.pinv(poses.reshape(20, 36)) @ poses.reshape(20, 36)
    np.testing.assert_allclose(turned[1:4], np.moveaxis(new @ project, 1, 0)[1:], atol=1e-10)
    np.testing.assert_allclose(turned[0], new[:, 0])
    np.testing.assert_allclose(turned[4], new[:, 0] @ project, atol=1e-10)


def test_points_are_not_changed(rng):
    x, y, _ = pairs(rng, 5, 5)
    kept = x.copy(), y.copy()
    for ridge in (0.0, 1.0):
        learn_operator(x, y, ridge=ridge)
    np.testing.assert_array_equal((x, y), kept)


def test_what_is_refused():
    x = np.eye(3)
    with pytest.raises(ValueError, match=r"Got shapes \(3, 3\) and \(2, 3\)"):
        learn_operator(x, x[:2], ridge=0.1)
    with pytest.raises(ValueError, match=r"inputs of shape \(pairs, d\)"):
        learn_operator(np.zeros((2, 3, 3)), np.zeros((2, 3, 3)), ridge=0.1)
    with pytest.raises(ValueError, match=r"at least 0|≥ 0|from 0"):
        learn_operator(x, x, ridge=-1.0)
    with pytest.raises(ValueError, match="Try points of norm 1"):
        learn_operator(1e200 * x, x, ridge=0.1)
    with pytest.raises(ValueError, match=r"operator of shape \(d, d\)"):
        operator_powers(x[:2], x, 3)
    with pytest.raises(ValueError, match="powers that stay finite"):
        operator_powers(1e10 * x, x, 100)
    with pytest.raises(ValueError, match="count"):
        operator_powers(x, x, 0)
