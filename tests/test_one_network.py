"""The error of a single infinitely wide network: its variance over random starts."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import slow
from scipy.stats import kstest

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import load_digits
from symtheory.groups import (
    cyclic_group,
    dihedral_group,
    direct_product,
    quaternion_group,
    symmetric_group,
)
from symtheory.kernels import gram
from symtheory.ntk import MLPKernel
from symtheory.regression import predict
from symtheory.spectral import (
    FirstRows,
    average_rows,
    error_variance,
    group_average,
    spectral_error,
)

GROUPS = [
    cyclic_group(5),
    cyclic_group(8),
    dihedral_group(4),
    dihedral_group(5),
    symmetric_group(3),
    quaternion_group(),
    direct_product(cyclic_group(2), cyclic_group(3)),
]
named = pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)


def invariant_pair(seed: int, group, m: int) -> tuple[np.ndarray, np.ndarray]:
    """Two invariant positive definite matrices of m orbits, which do not commute."""
    rng = np.random.default_rng(seed)
    n = m * group.order
    features = rng.normal(size=(2, n, n + 3)) * np.logspace(0, 1, n + 3)
    return tuple(np.asarray(group_average(f @ f.T, group)) for f in features)


def leave_out(
    kernel: np.ndarray, start: np.ndarray, p: int, ridge: float
) -> tuple[np.ndarray, ...]:
    """By brute force: f at p is f₀(p) + kᵀ(K + r)⁻¹(y - f₀), so linear in y and in f₀.

    Returns:
        kᵀ(K + r)⁻¹ at the seen points, 0 at p, and the variance of f(p).
    """
    seen = np.delete(np.arange(len(kernel)), p)
    weights = np.zeros(len(kernel))
    among = kernel[np.ix_(seen, seen)] + ridge * np.eye(len(seen))
    weights[seen] = np.linalg.solve(among, kernel[seen, p])
    left = np.eye(len(kernel))[p] - weights
    return weights, left @ start @ left


@named
@pytest.mark.parametrize("m", [1, slow(2), slow(3)])
@pytest.mark.parametrize("ridge", [0.0, 0.7])
def test_the_variance_is_that_of_regression_on_what_the_start_leaves(group, m, ridge):
    kernel, start = invariant_pair(3 * m, group, m)
    variance = np.asarray(error_variance(kernel, start, group, ridge=ridge))
    for i in range(m):
        for g in (0, group.order - 1):  # any point of an orbit
            expected = leave_out(kernel, start, i * group.order + g, ridge)[1]
            np.testing.assert_allclose(variance[i], expected, rtol=1e-10)


@named
def test_single_networks_scatter_about_the_spectral_error_as_predicted(group):
    """f₀ is drawn, and each draw is trained: regression on y - f₀ of all points but one."""
    ridge, draws = 0.5, 20_000
    kernel, start = invariant_pair(11, group, 2)
    y = np.repeat([1.0, -1.0], group.order)
    rng = np.random.default_rng(1)
    f0 = rng.normal(size=(draws, len(y))) @ np.linalg.cholesky(start).T
    among, cross = kernel[1:, 1:], kernel[:1, 1:]
    change = predict(among, cross, (y - f0)[:, 1:].T, ridge=ridge, real_labels=True)[0]
    error = 1 - y[0] * (f0[:, 0] + np.asarray(change))
    mean = float(spectral_error(kernel, group, ridge=ridge)[0])
    deviation = float(np.sqrt(error_variance(kernel, start, group, ridge=ridge)[0]))
    assert abs(error.mean() - mean) < 4 * deviation / np.sqrt(draws)
    assert abs(error.std() / deviation - 1) < 4 / np.sqrt(2 * draws)
    assert kstest((error - mean) / deviation, "norm").pvalue > 1e-4
    # Were the kernel itself the covariance of the start, it would be another one.
    wrong = np.sqrt(leave_out(kernel, kernel, 0, ridge)[1])
    assert abs(error.std() / wrong - 1) > 8 / np.sqrt(2 * draws)


def test_of_one_circulant_it_is_a_ratio_of_eigenvalues():
    """The cyclic case: two orbits that interleave into one circulant of size 2N."""
    group, ridge = cyclic_group(12), 0.3
    kernel, start = invariant_pair(5, group, 1)
    regularized = np.fft.fft(kernel[0]).real + ridge
    of_start = np.fft.fft(start[0]).real
    expected = np.mean(of_start / regularized**2) / np.mean(1 / regularized) ** 2
    variance = error_variance(kernel, start, group, ridge=ridge)
    np.testing.assert_allclose(variance, [expected], rtol=1e-12)


@named
def test_training_the_readout_alone_leaves_the_noise(group):
    """There the NTK is the NNGP, and without ridge the variance is 1/⟨Λ⁻¹⟩, the noise."""
    kernel, _ = invariant_pair(2, group, 2)
    noise = 1 / np.diagonal(np.linalg.inv(kernel))[:: group.order]
    np.testing.assert_allclose(error_variance(kernel, kernel, group, ridge=0.0), noise, rtol=1e-10)
    # With a ridge it is less, by what the ridge adds.
    regularized = 1 / np.diagonal(np.linalg.inv(kernel + np.eye(len(kernel))))[:: group.order]
    assert (np.asarray(error_variance(kernel, kernel, group, ridge=1.0)) < regularized).all()


@given(st.sampled_from(GROUPS), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_it_is_at_most_the_noise_where_the_ntk_is_at_least_the_nngp(group, m, seed):
    """And at least what regression with the covariance of the start would leave."""
    rest, start = invariant_pair(seed, group, m)
    kernel = start + rest
    noise = 1 / np.diagonal(np.linalg.inv(kernel + 0.1 * np.eye(len(kernel))))[:: group.order]
    variance = np.asarray(error_variance(kernel, start, group, ridge=0.1))
    least = 1 / np.diagonal(np.linalg.inv(start))[:: group.order]
    assert (variance <= noise * (1 + 1e-9)).all() and (variance >= least * (1 - 1e-9)).all()


@pytest.mark.parametrize("depth", [1, slow(3)])
def test_the_ntk_of_a_relu_network_is_at_least_its_nngp(depth):
    """So that the noise bounds the variance; here on rotated digits."""
    orbits = orbit(load_digits().images[[4, 7]], rotation_action(4, (28, 28)))
    kernel, start = (
        np.asarray(gram(MLPKernel(depth, kind=kind), orbits)) for kind in ("ntk", "nngp")
    )
    assert np.linalg.eigvalsh(kernel - start)[0] > -1e-12 * kernel.max()
    group, ridge = cyclic_group(4), 1e-10 * np.trace(kernel)
    variance = np.asarray(error_variance(kernel, start, group, ridge=ridge))
    expected = [leave_out(kernel, start, p, ridge)[1] for p in (0, 4)]
    np.testing.assert_allclose(variance, expected, rtol=1e-6)
    inverse = np.linalg.inv(kernel + ridge * np.eye(8))
    assert (variance < 1 / np.diagonal(inverse)[::4]).all()


@pytest.mark.slow
def test_scales_batches_first_rows_and_derivatives():
    group = dihedral_group(3)
    pairs = [invariant_pair(seed, group, 2) for seed in range(3)]
    kernels, starts = (np.stack(matrices) for matrices in zip(*pairs, strict=True))
    ridges = np.array([0.0, 0.1, 1.0])
    batch = error_variance(kernels, starts, group, ridge=ridges)
    assert batch.shape == (3, 2)
    for k in range(3):
        one = error_variance(kernels[k], starts[k], group, ridge=ridges[k])
        np.testing.assert_allclose(batch[k], one, rtol=1e-12)
        rows = [FirstRows(average_rows(a[k], group)) for a in (kernels, starts)]
        np.testing.assert_allclose(error_variance(*rows, group, ridge=ridges[k]), one, rtol=1e-12)
    kernel, start = pairs[0]
    # Another unit of the NTK is another speed of training, of which the end knows nothing.
    scaled = error_variance(5 * kernel, 2 * start, group, ridge=0.5)
    np.testing.assert_allclose(
        scaled, 2 * error_variance(kernel, start, group, ridge=0.1), rtol=1e-10
    )

    def total(ridge):
        return error_variance(kernel, start, group, ridge=ridge).sum()

    slope = (total(0.5 + 1e-5) - total(0.5 - 1e-5)) / 2e-5
    np.testing.assert_allclose(jax.jit(jax.grad(total))(0.5), slope, rtol=1e-5)


def test_no_matrices_have_no_variances():
    none = np.empty((0, 12, 12))
    assert error_variance(none, none, cyclic_group(4), ridge=0.1).shape == (0, 3)


def test_a_start_that_is_nowhere_leaves_nothing():
    group = cyclic_group(4)
    kernel, _ = invariant_pair(0, group, 2)
    assert (np.asarray(error_variance(kernel, 0 * kernel, group, ridge=0.0)) == 0).all()


@pytest.mark.slow
def test_what_is_no_covariance_or_of_other_items_is_refused():
    group = cyclic_group(4)
    kernel, start = invariant_pair(0, group, 2)
    with pytest.raises(ValueError, match="Expected a covariance"):
        error_variance(kernel, -start, group, ridge=0.0)
    with pytest.raises(ValueError, match="on the same items"):
        error_variance(kernel, start[:4, :4], group, ridge=0.0)
    with pytest.raises(ValueError, match="in one precision"):
        error_variance(kernel, start.astype(np.float32), group, ridge=0.0)
