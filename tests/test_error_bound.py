"""How far off the spectral error is under an approximate symmetry: the bound, and its scaling."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import slow
from scipy import linalg

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import load_digits, normalize
from symtheory.groups import cyclic_group, dihedral_group
from symtheory.kernels import gram
from symtheory.ntk import MLPKernel
from symtheory.regression import leave_one_out_error, relative_ridge
from symtheory.spectral import error_bound, group_average, spectral_error

seeds = st.integers(0, 2**32 - 1)
groups = st.sampled_from([cyclic_group(7), dihedral_group(3)])
C3 = cyclic_group(3)


def nearly_invariant(seed: int, group, m: int, eta: float, ridge: float = 0.1):
    """A Gram matrix with ‖Ā^(-1/2) E Ā^(-1/2)‖ = eta, for A = K + ridge I."""
    rng = np.random.default_rng(seed)
    n = m * group.order
    features = rng.normal(size=(n, n + 4)) * np.logspace(0, 1, n + 4)
    average = np.asarray(group_average(features @ features.T, group))
    noise = rng.normal(size=(n, n))
    noise = noise + noise.T
    noise = noise - np.asarray(group_average(noise, group))
    size = np.abs(linalg.eigh(noise, average + ridge * np.eye(n), eigvals_only=True)).max()
    return average, eta / size * noise


def exact_errors(matrix, labels, group, ridge: float = 0.1) -> np.ndarray:
    """The leave-one-out errors at all points, (m, |G|)."""
    every = np.repeat(labels, group.order)
    return np.array(leave_one_out_error(matrix, every, ridge=ridge)).reshape(-1, group.order)


def spectral_errors(average, labels, group, ridge: float = 0.1) -> np.ndarray:
    return np.asarray(spectral_error(average, group, ridge=ridge, labels=labels))


@pytest.mark.slow
@given(groups, st.integers(1, 3), st.floats(1e-4, 0.95), seeds)
def test_no_error_is_farther_from_the_formula_than_the_bound(group, m, eta, seed):
    average, noise = nearly_invariant(seed, group, m, eta)
    labels = np.random.default_rng(seed).choice([-1.0, 1.0], size=m)
    exact = exact_errors(average + noise, labels, group)
    theory = spectral_errors(average, labels, group)[:, None]
    bound = np.asarray(error_bound(average + noise, group, ridge=0.1, labels=labels))
    assert (np.abs(exact - theory) <= bound[:, None] + 1e-10).all()


@given(groups, st.integers(1, 3), st.floats(1e-4, 0.95), seeds)
def test_the_bound_is_the_formula_and_below_the_one_by_the_norm(group, m, eta, seed):
    """Written out with dense matrices and their eigenvalues, not with triangular factors."""
    average, noise = nearly_invariant(seed, group, m, eta)
    labels = np.random.default_rng(seed).choice([-1.0, 1.0], size=m)
    y = np.repeat(labels, group.order)
    inverse = np.linalg.inv(average + 0.1 * np.eye(len(y)))
    error = y * (inverse @ y) / np.diagonal(inverse)
    push = noise @ inverse @ y
    root = np.sqrt(push @ inverse @ push / np.diagonal(inverse))
    expected = eta * np.abs(error) + (1 + eta) / (1 - eta) * root
    bound = error_bound(average + noise, group, ridge=0.1, labels=labels)
    np.testing.assert_allclose(np.repeat(bound, group.order), expected, rtol=1e-6)
    by_norm = eta * np.sqrt(y @ inverse @ y / np.diagonal(inverse))
    assert (root <= by_norm * (1 + 1e-9)).all()


@pytest.mark.parametrize("group", [cyclic_group(7), dihedral_group(3)], ids=lambda g: g.name)
def test_single_errors_are_off_as_eta_and_their_means_as_its_square(group):
    labels, etas = np.array([1.0, -1.0, 1.0]), np.array([1e-2, 1e-3, 1e-4])
    for seed in range(3):
        single, mean = [], []
        for eta in etas:
            average, noise = nearly_invariant(seed, group, 3, eta)
            gap = exact_errors(average + noise, labels, group)
            gap -= spectral_errors(average, labels, group)[:, None]
            single.append(np.abs(gap).max())
            mean.append(np.abs(gap.mean(axis=1)).max())
        np.testing.assert_allclose(np.diff(np.log10(single)), -1, atol=0.05)
        np.testing.assert_allclose(np.diff(np.log10(mean)), -2, atol=0.1)


@pytest.mark.slow
def test_the_bound_is_no_more_than_a_few_times_too_large():
    """Over random problems the largest deviation of an orbit is a good part of it."""
    shares = []
    for seed in range(40):
        average, noise = nearly_invariant(seed, C3, 2, 0.05)
        gap = exact_errors(average + noise, [1.0, -1.0], C3)
        gap -= spectral_errors(average, [1.0, -1.0], C3)[:, None]
        bound = np.asarray(error_bound(average + noise, C3, ridge=0.1))
        shares.append((np.abs(gap).max(axis=1) / bound).max())
    assert np.median(shares) > 0.2 and max(shares) <= 1


@pytest.mark.parametrize("order", [8, slow(16)])
def test_the_bound_holds_and_says_something_on_interpolated_rotations(order):
    images = load_digits().images[[4, 7]]
    orbits = normalize(orbit(images, rotation_action(order, (28, 28))))
    matrix = np.asarray(gram(MLPKernel(), orbits))
    ridge = float(relative_ridge(matrix, 1e-10))
    group = cyclic_group(order)
    theory = np.asarray(spectral_error(matrix, group, ridge=ridge))
    gap = np.abs(exact_errors(matrix, [1.0, -1.0], group, ridge) - theory[:, None]).max(axis=1)
    bound = np.asarray(error_bound(matrix, group, ridge=ridge))
    assert (gap <= bound).all() and (bound < 0.02 * theory).all()


def test_an_invariant_matrix_is_off_by_rounding_only():
    average, _ = nearly_invariant(0, C3, 2, 0.1)
    assert (np.asarray(error_bound(average, C3, ridge=0.1)) < 1e-11).all()


@pytest.mark.parametrize("eta", [1.0 + 1e-6, 3.0])
def test_nothing_is_known_where_eta_is_1_or_more(eta):
    average, noise = nearly_invariant(0, C3, 2, eta)
    assert np.isinf(error_bound(average + noise, C3, ridge=0.1)).all()
    average, noise = nearly_invariant(0, C3, 2, 1 - 1e-3)
    assert np.isfinite(error_bound(average + noise, C3, ridge=0.1)).all()


@pytest.mark.slow
def test_batches_several_classes_and_compiled_code_agree():
    matrices = np.stack([np.add(*nearly_invariant(seed, C3, 3, 0.2)) for seed in range(4)])
    matrices, ridge = matrices.reshape(2, 2, 9, 9), np.array([[0.1, 0.2], [0.3, 0.4]])
    labels = 2 * np.eye(3) - 1
    together = error_bound(matrices, C3, ridge=ridge, labels=labels)
    assert together.shape == (2, 2, 3, 3)
    compiled = jax.jit(lambda k: error_bound(k, C3, ridge=ridge, labels=labels))(matrices)
    np.testing.assert_allclose(compiled, together, rtol=1e-9)
    for place in np.ndindex(2, 2):
        for column in range(3):
            alone = error_bound(matrices[place], C3, ridge=ridge[place], labels=labels[:, column])
            np.testing.assert_allclose(together[place][:, column], alone, rtol=1e-9)
    assert error_bound(np.zeros((0, 6, 6)), C3, ridge=0.1).shape == (0, 2)


def test_bad_values_are_refused_and_nan_in_traced_code():
    good = np.add(*nearly_invariant(0, C3, 2, 0.2))
    for bad in (np.full((6, 6), np.nan), -good):
        with pytest.raises(ValueError, match="Expected"):
            error_bound(bad, C3, ridge=0.1)
        traced = jax.jit(lambda k: error_bound(k, C3, ridge=0.1))(bad)
        assert np.isnan(traced).all()
    with pytest.raises(ValueError, match="whole orbits of C4"):
        error_bound(good, cyclic_group(4), ridge=0.1)
    with pytest.raises(ValueError, match="Expected labels for 1 orbits"):
        error_bound(good, dihedral_group(3), ridge=0.1)


@pytest.mark.slow
def test_gradients_are_finite_on_both_sides_of_eta_1():
    def total(k):
        return jax.numpy.sum(jax.numpy.minimum(error_bound(k, C3, ridge=0.1), 1e6))

    gradient = jax.jit(jax.grad(total))
    for eta in (0.3, 2.0):
        matrix = np.add(*nearly_invariant(1, C3, 2, eta))
        assert np.isfinite(gradient(matrix)).all()
