"""Kernel regression: the identities against solving again, and errors."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jax.test_util import check_grads
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process import kernels as sklearn_kernels

from symtheory import IllConditionedWarning
from symtheory.kernels import RBF, Linear
from symtheory.regression import (
    gradient_flow,
    held_out_prediction,
    leave_one_out_error,
    leave_one_out_prediction,
    predict,
    predictive_variance,
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
    again = [1 - labels[a] * held_out_prediction(gram, labels, a, ridge=0.1) for a in range(7)]
    error = leave_one_out_error(gram, labels, ridge=0.1)
    np.testing.assert_allclose(error, again, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("held_out", [lambda i: i, lambda i: [0, i]])
def test_traced_held_out_points_are_refused(held_out):
    traced = jax.jit(lambda i: held_out_prediction(GRAM, LABELS, held_out(i), ridge=0.1))
    with pytest.raises(ValueError, match=r"Expected indices .* Got a traced array\. Try"):
        traced(1)


@pytest.mark.slow
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


@pytest.mark.slow
@given(seeds)
def test_the_order_of_points_and_the_sign_of_labels_do_not_matter(seed):
    gram, labels = random_problem(seed)
    order = np.random.default_rng(seed).permutation(7)
    expected = leave_one_out_error(gram, labels, ridge=0.1)
    permuted = leave_one_out_error(gram[np.ix_(order, order)], labels[order], ridge=0.1)
    np.testing.assert_allclose(permuted, expected[order], rtol=1e-9)
    np.testing.assert_allclose(leave_one_out_error(gram, -labels, ridge=0.1), expected, rtol=1e-12)


@pytest.mark.slow
def test_batches_and_several_classes_are_the_same_as_one_by_one():
    gram, labels = random_problem(1, batch=(2, 3))
    ridge = relative_ridge(gram, 1e-3)
    assert ridge.shape == (2, 3)
    columns = np.stack([labels, -labels], axis=1)
    errors = leave_one_out_error(gram, columns, ridge=ridge)
    held_out = held_out_prediction(gram, columns, [0, 1], ridge=ridge)
    one = held_out_prediction(gram, columns, 0, ridge=ridge)
    predictions = leave_one_out_prediction(gram, columns, ridge=ridge)
    np.testing.assert_allclose(1 - columns * predictions, errors, rtol=1e-9, atol=1e-10)
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


@pytest.mark.slow
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
        ((np.triu(GRAM), LABELS, 1.0), "Expected a symmetric Gram matrix.*order of the axes"),
        ((GRAM * (1 + 1e-9 * np.tri(7)), LABELS, 1.0), r"symmetric.*gram.swapaxes\(-1, -2\)\) / 2"),
        ((GRAM.astype(np.float16), LABELS, 1.0), "Expected real numbers.*float16.*Try"),
        ((np.full((7, 7), np.nan), LABELS, 1.0), "Expected finite numbers in the Gram matrix"),
        ((GRAM + 1j, LABELS, 1.0), "Expected real numbers in the Gram matrix"),
        ((GRAM, LABELS[:5], 1.0), "Expected 7 labels"),
        ((GRAM, np.arange(7), 1.0), r"Expected labels \+1 or -1.*Try"),
        ((GRAM, LABELS, -1.0), "Expected a ridge ≥ 0"),
        ((GRAM, LABELS, np.ones(3)), "Expected one ridge, or one for each"),
        ((GRAM, LABELS, "small"), "Expected real numbers in the ridge"),
        ((GRAM, LABELS, 1j), "Expected real numbers in the ridge"),
        ((GRAM[:0, :0], LABELS, 1.0), "Expected a Gram matrix of shape"),
        ((GRAM, [LABELS, LABELS[:3]], 1.0), "Expected real numbers in the labels"),
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


@pytest.mark.parametrize("held_out", [7, -1, [], np.arange(0), list(range(7)), 0.5, [[1]]])
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


@pytest.mark.slow
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


@pytest.mark.slow
@given(seeds)
def test_any_real_targets_may_be_predicted(seed):
    """Predictions are linear in what they learn from."""
    gram, labels = random_problem(seed)
    targets = np.random.default_rng(seed).normal(size=(7, 2))
    real = {"ridge": 0.1, "real_labels": True}
    columns = np.column_stack([targets, 2 * targets[:, 0] - 3 * targets[:, 1]])
    both = np.asarray(predict(gram, gram[:3], columns, **real))
    np.testing.assert_allclose(both[:, 2], 2 * both[:, 0] - 3 * both[:, 1], rtol=1e-9, atol=1e-12)
    left_out = leave_one_out_prediction(gram, targets, **real)
    again = [held_out_prediction(gram, targets, a, **real) for a in range(7)]
    np.testing.assert_allclose(left_out, again, rtol=1e-8, atol=1e-10)
    error = leave_one_out_error(gram, labels, ridge=0.1)
    signed = 1 - labels * leave_one_out_prediction(gram, labels, ridge=0.1)
    np.testing.assert_allclose(error, signed, rtol=1e-9, atol=1e-10)


def test_numbers_that_are_no_classes_are_asked_for():
    for call in (
        lambda y: predict(GRAM, GRAM, y, ridge=0.1),
        lambda y: gradient_flow(GRAM, GRAM, y, time=1.0),
        lambda y: held_out_prediction(GRAM, y, 0, ridge=0.1),
        lambda y: leave_one_out_prediction(GRAM, y, ridge=0.1),
    ):
        with pytest.raises(ValueError, match=r"labels \+1 or -1.* Try .*real_labels=True"):
            call(np.arange(7))


@pytest.mark.parametrize("ridge", [1e-6, 0.3])
def test_predictions_and_variances_are_those_of_scikit_learn(rng, ridge):
    x, new, targets = rng.normal(size=(12, 3)), rng.normal(size=(5, 3)), rng.normal(size=12)
    theirs = GaussianProcessRegressor(
        sklearn_kernels.RBF(length_scale=1.0), alpha=ridge, optimizer=None
    ).fit(x, targets)
    mean, deviation = theirs.predict(new, return_std=True)
    kernel = RBF(np.sqrt(0.5))
    ours = predict(kernel(x), kernel(new, x), targets, ridge=ridge, real_labels=True)
    variance = predictive_variance(kernel(x), kernel(new, x), np.ones(5), ridge=ridge)
    np.testing.assert_allclose(ours, mean, rtol=1e-9)
    np.testing.assert_allclose(variance, deviation**2, rtol=1e-9)


def test_the_variance_of_what_was_seen_is_at_most_the_ridge():
    gram, _ = random_problem(5, batch=(2,))
    prior = np.diagonal(gram, axis1=1, axis2=2)
    variance = predictive_variance(gram, gram, prior, ridge=1e-3)
    assert variance.shape == (2, 7) and (variance > 0).all() and (variance < 1e-3).all()
    exact = predictive_variance(gram, gram, prior, ridge=0.0)
    np.testing.assert_allclose(exact, 0, atol=1e-12)
    assert (exact >= 0).all()


def test_variances_of_a_batch_are_those_one_by_one(rng):
    gram, _ = random_problem(6, batch=(2, 3))
    cross, prior = rng.normal(size=(2, 3, 4, 7)) / 10, np.full((2, 3, 4), 5.0)
    found = predictive_variance(gram, cross, prior, ridge=0.5)
    for index in np.ndindex(2, 3):
        one = predictive_variance(gram[index], cross[index], prior[index], ridge=0.5)
        np.testing.assert_allclose(found[index], one, rtol=1e-12)
    with pytest.raises(ValueError, match=r"of shape \(2, 3, 4\)\. Got shape \(4,\)"):
        predictive_variance(gram, cross, prior[0, 0], ridge=0.5)


def test_a_prior_of_another_kernel_is_refused():
    gram, _ = random_problem(5)
    with pytest.raises(ValueError, match="Expected a variance ≥ 0.*one kernel"):
        predictive_variance(gram, gram[:2], gram.diagonal()[:2] / 2, ridge=1e-3)
    with pytest.raises(ValueError, match=r"of shape \(2,\). Got shape \(7,\)"):
        predictive_variance(gram, gram[:2], gram.diagonal(), ridge=1e-3)


@pytest.mark.slow
def test_flow_at_many_times_is_the_flow_at_each(rng):
    features = rng.normal(size=(2, 6, 9))
    gram, new = (a @ np.swapaxes(features, 1, 2) for a in (features, rng.normal(size=(2, 3, 9))))
    targets, times = rng.normal(size=(6, 2)), np.array([0.0, 0.5, 1e3, np.inf])

    def flow(time):
        return gradient_flow(gram, new, targets, time=time, real_labels=True)

    found = flow(times)
    assert found.shape == (4, 2, 3, 2)
    np.testing.assert_array_equal(found[0], 0)
    decay = jax.scipy.linalg.expm(-gram * 0.5 / 6)
    expected = new @ np.linalg.solve(gram, targets - decay @ targets)
    np.testing.assert_allclose(found[1], expected, rtol=1e-9)
    np.testing.assert_allclose(
        found[3], predict(gram, new, targets, ridge=0, real_labels=True), rtol=1e-9
    )
    for other in (jax.jit(flow)(times), jax.vmap(flow)(jnp.asarray(times)), [flow(2e3 / 2)]):
        np.testing.assert_allclose(other, found if len(other) == 4 else found[2:3], rtol=1e-10)


@pytest.mark.parametrize("time", [1e9, 1e12, 1e18, np.inf])
def test_flow_with_a_singular_kernel_ends_at_the_solution_of_least_norm(time):
    """Rounding in place of a zero eigenvalue is not a signal, however long one waits."""
    rng = np.random.default_rng(0)
    x, new, targets = rng.normal(size=(16, 5)), rng.normal(size=(3, 5)), rng.normal(size=16)
    expected = new @ np.linalg.lstsq(x, targets, rcond=None)[0]
    found = gradient_flow(Linear()(x), Linear()(new, x), targets, time=time, real_labels=True)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    constant = gradient_flow(np.ones((4, 4)), np.ones((1, 4)), [1, 1, -1, 1], time=time)
    np.testing.assert_allclose(constant, 0.5, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("time", [0.5, 30.0, np.inf])
@pytest.mark.parametrize("repeated", [False, True])
def test_the_derivatives_of_the_flow_are_right_where_eigenvalues_coincide(rng, time, repeated):
    features = rng.normal(size=(4, 6))
    gram = 2 * np.eye(4) + 1 if repeated else features @ features.T
    cross, targets = rng.normal(size=(2, 4)), rng.normal(size=4)

    def flow(matrix, right, y):
        return gradient_flow((matrix + matrix.T) / 2, right, y, time=time, real_labels=True)

    check_grads(flow, (gram, cross, targets), order=1, rtol=1e-4, eps=1e-5)


@pytest.mark.slow
def test_the_flow_has_second_derivatives_in_the_scale_of_a_kernel():
    gram = np.diag([1.0, 2.0, 4.0]) + 0.3
    flow = jax.jit(lambda s: gradient_flow(s * gram, s * gram[:1], [1, -1, 1], time=0.7)[0])
    curvature = jax.grad(jax.grad(flow))(1.0)
    differences = (flow(1 + 1e-3) - 2 * flow(1.0) + flow(1 - 1e-3)) / 1e-6
    np.testing.assert_allclose(curvature, differences, rtol=1e-5)


@pytest.mark.slow
def test_the_speed_of_the_flow_is_that_of_descent():
    """d/dt of the weights is the mean of the residuals, by equation 15 of Lee et al."""
    gram, labels = random_problem(3)
    flow = jax.jit(lambda t: gradient_flow(gram, np.eye(7), labels, time=t))
    speed = jax.jacfwd(flow)(0.7)
    np.testing.assert_allclose(speed, (labels - gram @ flow(0.7)) / 7, rtol=1e-8, atol=1e-12)
    np.testing.assert_array_equal(jax.jacfwd(flow)(jnp.inf), 0)


@pytest.mark.slow
def test_what_a_singular_kernel_cannot_learn_has_no_speed(rng):
    features, labels = rng.normal(size=(7, 3)), rng.normal(size=7)
    gram = features @ features.T

    def flow(time):
        return gradient_flow(gram, np.eye(7), labels, time=time, real_labels=True)

    differences = (flow(0.7 + 1e-4) - flow(0.7 - 1e-4)) / 2e-4
    np.testing.assert_allclose(jax.jacfwd(flow)(0.7), differences, rtol=1e-6, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("time", [0.7, np.array([0.5, 2.0, np.inf])])
def test_the_derivatives_of_the_flow_of_a_batch_are_those_of_each_matrix(rng, time):
    features = rng.normal(size=(2, 4, 6))
    gram, cross = features @ np.swapaxes(features, 1, 2), rng.normal(size=(2, 3, 4))
    targets = rng.normal(size=(4, 2))

    def flow(matrix, right, y, t):
        return gradient_flow(matrix, right, y, time=t, real_labels=True)

    def slope(matrix, right):
        here = (matrix, right, targets, np.asarray(time))
        return jax.jvp(flow, here, (matrix, right, 2 * targets, np.ones_like(time)))[1]

    each = [slope(*pair) for pair in zip(gram, cross, strict=True)]
    expected = np.stack(each, axis=np.ndim(time))
    np.testing.assert_allclose(slope(gram, cross), expected, rtol=1e-9, atol=1e-12)
    by_labels = jax.grad(lambda y: flow(gram, cross, y, time).sum())(targets)
    differences = [flow(gram, cross, unit.reshape(4, 2), time).sum() for unit in np.eye(8)]
    np.testing.assert_allclose(by_labels.ravel(), differences, rtol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("apart", [0.0, 1e-5, 1e-3, 1e-2, 0.5, 0.9])
def test_the_derivatives_of_the_flow_keep_their_digits_at_any_time(dtype, apart):
    """With two eigenvalues, integrals of -s exp(-sλ) over times s and all λ between."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    nodes, weights = (nodes + 1) / 2, weights / 2
    one, other = np.array([1 - apart, 1], dtype)
    gram, cross = np.diag([one, other]), np.eye(2, dtype=dtype)
    swap = np.array([[0, 1], [1, 0]], dtype)

    def slope(time):
        def learned(matrix):
            return gradient_flow(matrix, cross, [1, 1], time=time)

        return jax.jvp(learned, (gram,), (swap,))[1]

    between = float(one) + nodes * (float(other) - float(one))
    for time in np.array([1e-6, 1e-4, 1e-2, 0.98, 1.02, 6.0, 20.0], dtype):
        s = float(time) / 2 * nodes
        expected = -float(time) / 2 * weights @ (s[:, None] * np.exp(-np.outer(s, between)))
        tolerance = 4 * float(np.finfo(dtype).eps) ** (2 / 3)
        np.testing.assert_allclose(slope(time), [expected @ weights] * 2, rtol=tolerance)


def test_the_derivatives_of_the_flow_are_right_where_it_has_hardly_begun(rng):
    gram, cross = 1e-4 * (2 * np.eye(4) + 1), rng.normal(size=(2, 4))

    def flow(matrix):
        symmetric = (matrix + matrix.T) / 2
        return gradient_flow(symmetric, cross, [1, -1, 1, 1], time=30.0)

    check_grads(flow, (gram,), order=1, rtol=1e-4, eps=1e-6)


def test_flow_warns_where_small_eigenvalues_have_been_learned():
    gram = np.diag([1.0, 1e-13, 1.0])
    gradient_flow(gram, gram, [1, 1, 1], time=1e3)
    gradient_flow(np.diag([1.0, 1e-11, 1.0]), gram, [1, 1, 1], time=np.inf)
    with pytest.warns(IllConditionedWarning, match=r"below 1e-12.* Got one of about 1e-13"):
        gradient_flow(gram, gram, [1, 1, 1], time=np.inf)


@pytest.mark.parametrize(
    "gram,time,message",
    [
        (np.diag([1.0, -0.5]), 1.0, "Expected a Gram matrix without negative eigenvalues.*-0.5"),
        (np.eye(2), -1.0, "Expected times ≥ 0. Got -1.0. Try"),
        (np.eye(2), [0.0, np.nan], "Expected times ≥ 0. Got nan. Try"),
        (np.eye(2), "late", "Expected real numbers in the time"),
    ],
)
def test_bad_kernels_and_times_are_refused_and_poison_traced_code(gram, time, message):
    with pytest.raises(ValueError, match=message):
        gradient_flow(gram, np.eye(2), [1, 1], time=time)
    if not isinstance(time, str):
        found = jax.jit(lambda k, t: gradient_flow(k, np.eye(2), [1, 1], time=t))(gram, time)
        assert np.isnan(found[..., -1, :] if np.ndim(time) else found).all()


BAD = {
    "asymmetric": (np.triu(GRAM), LABELS, 1.0),
    "asymmetric by 1e-9": (GRAM * (1 + 1e-9 * np.tri(7)), LABELS, 1.0),
    "infinite": (np.where(np.eye(7) == 1, np.inf, GRAM), LABELS, 1.0),
    "a ridge below 0": (GRAM, LABELS, -1e-3),
    "a ridge that is infinite": (GRAM, LABELS, np.inf),
    "singular": (np.ones((7, 7)), LABELS, 0.0),
    "labels of 0 and 1": (GRAM, (LABELS + 1.0) / 2, 1.0),
    "labels with NaN": (GRAM, np.where(np.arange(7) == 2, np.nan, LABELS), 1.0),
    "float32 with a tiny ridge": (GRAM.astype(np.float32), LABELS, 1e-10),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_with_values_is_nan_without(name):
    """In compiled code a violated contract cannot raise; it never gives a plausible number."""
    with pytest.raises(ValueError, match="Expected"):
        leave_one_out_error(BAD[name][0], BAD[name][1], ridge=BAD[name][2])
    gram, labels, ridge = BAD[name]
    arrays = jnp.asarray(gram), jnp.asarray(labels), jnp.asarray(ridge)
    found = TRACED(*arrays)
    bad = ~(np.abs(labels) == 1) if "labels" in name else np.ones(7, bool)
    assert np.isnan(found[bad]).all()
    slopes = jax.jit(jax.grad(lambda k: TRACED(k, *arrays[1:])[bad].sum()))(arrays[0])
    assert np.isnan(slopes).any()


TRACED = jax.jit(lambda gram, labels, ridge: leave_one_out_error(gram, labels, ridge=ridge))


@pytest.mark.slow
def test_a_bad_problem_in_a_mapped_batch_spoils_no_other():
    batch = np.stack([GRAM, np.triu(GRAM)])
    found = jax.vmap(lambda k: leave_one_out_error(k, LABELS, ridge=1.0))(batch)
    np.testing.assert_allclose(found[0], leave_one_out_error(GRAM, LABELS, ridge=1.0), rtol=1e-12)
    assert np.isnan(found[1]).all()


def test_asymmetry_of_rounding_is_accepted():
    noisy = GRAM * (1 + 1e-14 * np.tri(7))
    expected = leave_one_out_error(GRAM, LABELS, ridge=0.1)
    np.testing.assert_allclose(leave_one_out_error(noisy, LABELS, ridge=0.1), expected, rtol=1e-9)
    rounded = GRAM.astype(np.float32) * (1 + 1e-6 * np.tri(7, dtype=np.float32))
    leave_one_out_error(rounded, LABELS, ridge=0.1)


def test_the_least_ridge_in_single_precision_is_the_last_digit_of_the_trace():
    """The largest eigenvalue may be as large as the trace, when all diagonal entries share it."""
    gram = (np.eye(7) + 0.1).astype(np.float32)
    digit = np.finfo(np.float32).eps * np.trace(gram)
    leave_one_out_error(gram, LABELS, ridge=1.01 * digit)
    with pytest.raises(ValueError, match="float32 can resolve"):
        leave_one_out_error(gram, LABELS, ridge=0.99 * digit)


@pytest.mark.slow
def test_nothing_to_predict_and_no_problems_give_empty_results():
    none = leave_one_out_error(np.zeros((0, 7, 7)), LABELS, ridge=0.1)
    assert none.shape == (0, 7)
    assert predict(GRAM, GRAM[:0], LABELS, ridge=0.1).shape == (0,)
    assert predict(GRAM, GRAM, np.ones((7, 0)), ridge=0.1).shape == (7, 0)
    assert gradient_flow(GRAM, GRAM[:0], LABELS, time=[1.0]).shape == (1, 0)
    assert predictive_variance(GRAM, GRAM[:0], [], ridge=0.1).shape == (0,)
