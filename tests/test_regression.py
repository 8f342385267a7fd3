"""Kernel regression: the identities against solving again, and errors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory.kernels import RBF
from symtheory.regression import (
    gradient_flow,
    held_out_prediction,
    leave_one_out_error,
    predict,
    relative_ridge,
)

seeds = st.integers(0, 2**32 - 1)


def random_problem(seed: int, n: int = 7, batch: tuple[int, ...] = ()):
    """A random positive definite Gram matrix and random labels."""
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(*batch, n, n + 3))
    return features @ np.swapaxes(features, -1, -2), rng.choice([-1, 1], size=n)


@given(seeds)
def test_leave_one_out_error_is_that_of_solving_again_without_each_point(seed):
    gram, labels = random_problem(seed)
    again = [abs(held_out_prediction(gram, labels, a, ridge=0.1) - labels[a]) for a in range(7)]
    np.testing.assert_allclose(leave_one_out_error(gram, labels, ridge=0.1), again, rtol=1e-9)


@given(seeds)
def test_a_held_out_prediction_is_a_least_squares_solution(seed):
    gram, labels = random_problem(seed)
    kept = [0, 2, 3, 5, 6]
    regularized = gram[np.ix_(kept, kept)] + 0.1 * np.eye(5)
    weights = np.linalg.lstsq(regularized, labels[kept], rcond=None)[0]
    computed = held_out_prediction(gram, labels, [4, 1], ridge=0.1)
    np.testing.assert_allclose(computed, gram[np.ix_([4, 1], kept)] @ weights, rtol=1e-9)


@given(seeds, st.floats(0.01, 100))
def test_scaling_the_kernel_with_its_ridge_changes_nothing(seed, scale):
    gram, labels = random_problem(seed)
    expected = leave_one_out_error(gram, labels, ridge=0.3)
    scaled = leave_one_out_error(scale * gram, labels, ridge=scale * 0.3)
    np.testing.assert_allclose(scaled, expected, rtol=1e-9)


@given(seeds)
def test_the_order_of_points_and_the_sign_of_labels_do_not_matter(seed):
    gram, labels = random_problem(seed)
    order = np.random.default_rng(seed).permutation(7)
    expected = leave_one_out_error(gram, labels, ridge=0.1)
    permuted = leave_one_out_error(gram[np.ix_(order, order)], labels[order], ridge=0.1)
    np.testing.assert_allclose(permuted, expected[order], rtol=1e-9)
    np.testing.assert_allclose(leave_one_out_error(gram, -labels, ridge=0.1), expected, rtol=1e-12)


def test_batches_and_several_classes_are_the_same_as_one_by_one():
    gram, labels = random_problem(1, batch=(2, 3))
    ridge = relative_ridge(gram, 1e-3)
    assert ridge.shape == (2, 3)
    columns = np.stack([labels, -labels], axis=1)
    errors = leave_one_out_error(gram, columns, ridge=ridge)
    held_out = held_out_prediction(gram, columns, [0, 1], ridge=ridge)
    one = held_out_prediction(gram, columns, 0, ridge=ridge)
    assert (
        errors.shape == (2, 3, 7, 2) and held_out.shape == (2, 3, 2, 2) and one.shape == (2, 3, 2)
    )
    for index in np.ndindex(2, 3):
        single = leave_one_out_error(gram[index], labels, ridge=ridge[index])
        np.testing.assert_allclose(errors[index][:, 0], single, rtol=1e-12)
        np.testing.assert_allclose(errors[index][:, 1], single, rtol=1e-12)
        single = held_out_prediction(gram[index], labels, 0, ridge=ridge[index])
        np.testing.assert_allclose(one[index], [single, -single], rtol=1e-12)


def test_interpolation_reproduces_the_training_labels(rng):
    x = rng.normal(size=(6, 3))
    labels = np.array([1, -1, 1, 1, -1, -1])
    np.testing.assert_allclose(predict(RBF()(x), RBF()(x), labels, ridge=0), labels, rtol=1e-10)


def test_gradients_flow_through():
    gram, labels = random_problem(3)

    def loss(scale):
        return leave_one_out_error(scale * gram, labels, ridge=0.3).sum()

    slope = jax.jit(jax.grad(loss))(1.0)
    np.testing.assert_allclose(slope, (loss(1 + 1e-6) - loss(1 - 1e-6)) / 2e-6, rtol=1e-5)


GRAM, LABELS = random_problem(0)


@pytest.mark.parametrize(
    "arguments,message",
    [
        ((GRAM[:, :5], LABELS, 1.0), "Expected a Gram matrix of shape"),
        ((np.triu(GRAM), LABELS, 1.0), "Expected a symmetric Gram matrix"),
        ((np.full((7, 7), np.nan), LABELS, 1.0), "Expected finite numbers in the Gram matrix"),
        ((GRAM + 1j, LABELS, 1.0), "Expected real numbers in the Gram matrix"),
        ((GRAM, LABELS[:5], 1.0), "Expected 7 labels"),
        ((GRAM, np.arange(7), 1.0), r"Expected labels \+1 or -1.*Try"),
        ((GRAM, LABELS, -1.0), "Expected a ridge ≥ 0"),
        ((GRAM, LABELS, np.ones(3)), "Expected one ridge, or one for each"),
        ((np.ones((7, 7)), LABELS, 0.0), "Expected a positive definite Gram matrix.*larger ridge"),
        ((GRAM.astype(np.float32), LABELS, 1e-10), "float32 can resolve.*jax_enable_x64"),
    ],
)
def test_bad_input_is_refused(arguments, message):
    gram, labels, ridge = arguments
    with pytest.raises(ValueError, match=message):
        leave_one_out_error(gram, labels, ridge=ridge)


def test_float32_with_a_ridge_that_it_resolves_is_accepted():
    errors = leave_one_out_error(GRAM.astype(np.float32), LABELS, ridge=0.1)
    np.testing.assert_allclose(errors, leave_one_out_error(GRAM, LABELS, ridge=0.1), rtol=1e-3)


@pytest.mark.parametrize("held_out", [7, -1, [], list(range(7)), 0.5, [[1]]])
def test_held_out_points_that_do_not_exist_are_refused(held_out):
    with pytest.raises(ValueError, match="Expected between 1 and 6 indices"):
        held_out_prediction(GRAM, LABELS, held_out, ridge=1.0)


def test_repeated_held_out_points_and_foreign_points_are_refused():
    with pytest.raises(ValueError, match="Expected different held-out points"):
        held_out_prediction(GRAM, LABELS, [1, 1], ridge=1.0)
    with pytest.raises(ValueError, match="Expected cross of shape"):
        predict(GRAM, jnp.ones((2, 5)), LABELS, ridge=1.0)


@given(seeds)
def test_a_set_held_out_together_obeys_the_block_identity(seed):
    gram, labels = random_problem(seed)
    inverse, held_out = np.linalg.inv(gram + 0.1 * np.eye(7)), [5, 0, 2]
    gap = np.linalg.solve(inverse[np.ix_(held_out, held_out)], (inverse @ labels)[held_out])
    computed = labels[held_out] - held_out_prediction(gram, labels, held_out, ridge=0.1)
    np.testing.assert_allclose(computed, gap, rtol=1e-9)


def test_gradient_descent_of_a_linear_model_follows_the_kernel_flow(rng):
    """Small steps in the weights, from zero: the flow up to an error of the size of the step."""
    features, new = rng.normal(size=(6, 20)), rng.normal(size=(3, 20))
    labels, step, time = np.resize([1.0, -1.0], 6), 2e-4, 2.0
    weights = np.zeros(20)
    for _ in range(round(time / step)):
        weights += step / 6 * features.T @ (labels - features @ weights)
    flow = gradient_flow(features @ features.T, new @ features.T, labels, time=time)
    np.testing.assert_allclose(flow, new @ weights, atol=2e-3)
    late = gradient_flow(features @ features.T, new @ features.T, labels, time=1e6)
    end = predict(features @ features.T, new @ features.T, labels, ridge=0.0)
    np.testing.assert_allclose(late, end, rtol=1e-9)
    assert np.abs(flow - end).max() > 0.01  # which is not reached yet
