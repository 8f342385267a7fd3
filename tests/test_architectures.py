"""Errors at a missing pose for any architecture: against solving again, and against known cases."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from symtheory import datasets
from symtheory.actions import dihedral_action, orbit, rotation_action, translation_action
from symtheory.datasets import normalize, sample_pairs
from symtheory.experiments.shared import rotated_pairs
from symtheory.experiments.shared.architectures import coarser, grams, measure, unit_norm
from symtheory.kernels import Averaged, gram
from symtheory.ntk import CNNKernel, MLPKernel
from symtheory.regression import held_out_prediction, leave_one_out_error, relative_ridge

MLP = jax.jit(MLPKernel())
POOLED = CNNKernel(pooling="global")


@pytest.fixture(scope="module")
def pairs() -> np.ndarray:
    digits = datasets.load_digits()
    return digits.images[sample_pairs(digits.labels, 3, seed=5)]


@pytest.mark.slow
def test_agrees_with_the_experiment_on_rotated_digits(pairs: np.ndarray) -> None:
    """Two implementations of the same measurement; they share regression and theory only."""
    action = rotation_action(8, (28, 28))
    found = measure(grams(pairs, action, MLP), action.group)
    expected = rotated_pairs.measure(pairs, 8)
    shared = found.keys() & expected.keys()
    assert {"exact_error", "orbit_mean_error", "circulant_error", "number_correct"} <= shared
    for key in shared:
        # The matrices agree to rounding, and the errors to that times the condition number.
        np.testing.assert_allclose(found[key], expected[key], rtol=1e-7, err_msg=key)


def test_exact_error_is_that_of_solving_again(pairs: np.ndarray) -> None:
    action = translation_action(4, (28, 28))
    matrices = grams(pairs, action, CNNKernel())
    found = measure(matrices, action.group)
    labels = np.repeat([1.0, -1.0], 4)
    for matrix, errors in zip(matrices, found["exact_error"], strict=True):
        ridge = relative_ridge(matrix, 1e-10)
        for column, held_out in enumerate((0, 4)):
            again = abs(
                labels[held_out] - held_out_prediction(matrix, labels, held_out, ridge=ridge)
            )
            assert np.isclose(errors[column], again, rtol=1e-9)


@pytest.mark.slow
def test_theory_is_exact_for_exact_actions_that_do_not_commute(pairs: np.ndarray) -> None:
    action = dihedral_action(4, (28, 28))
    found = measure(grams(pairs, action, MLP), action.group)
    np.testing.assert_allclose(found["spectral_error"], found["orbit_mean_error"], rtol=1e-9)
    np.testing.assert_allclose(found["noise"] / found["signal"], found["spectral_error"])
    assert "circulant_error" not in found and (found["symmetry_defect"] < 1e-14).all()


def test_the_spread_is_the_mean_squared_distance_from_the_mean(pairs: np.ndarray) -> None:
    action = translation_action(7, (28, 28))
    points = normalize(orbit(pairs.reshape(-1, 28, 28), action)).reshape(-1, 2, 7, 784)
    apart = points - points.mean(axis=2, keepdims=True)
    flat = points.reshape(-1, 14, 784)
    found = measure(flat @ flat.swapaxes(1, 2), action.group)
    np.testing.assert_allclose(found["feature_spread"], (apart**2).sum(axis=-1).mean(axis=-1))


@pytest.mark.slow
def test_noise_is_at_most_the_spread_of_an_orbit(pairs: np.ndarray) -> None:
    """Harmonic mean ≤ arithmetic mean: noise ≤ (|G|/(|G| - 1))² spread + |G|/(|G| - 1) ridge."""
    for action, kernel in (
        (translation_action(7, (28, 28)), MLP),
        (rotation_action(4, (28, 28)), POOLED),
    ):
        n = action.group.order
        matrices = grams(pairs, action, kernel)
        found = measure(matrices, action.group)
        ridge = np.asarray(relative_ridge(matrices, 1e-10))[:, None]
        bound = (n / (n - 1)) ** 2 * found["feature_spread"] + n / (n - 1) * ridge
        assert (found["noise"] <= bound).all() and (found["noise"] > 1e-4 * bound).all()


@pytest.mark.slow
def test_pooled_orbits_of_shifts_collapse(pairs: np.ndarray) -> None:
    action = translation_action(14, (28, 28), axis=0)
    for prepare in (normalize, unit_norm):
        matrices = grams(pairs, action, POOLED, prepare=prepare)
        blocks = matrices.reshape(-1, 2, 14, 2, 14)
        first = blocks[:, :, :1, :, :1]
        assert (np.abs(blocks - first) <= 1e-12 * np.abs(first)).all()
        assert measure(matrices, action.group)["exact_error"].max() < 1e-4


def test_coarser_matrices_are_those_of_fewer_transforms(pairs: np.ndarray) -> None:
    fine, coarse = (rotation_action(n, (28, 28)) for n in (8, 4))
    found = coarser(grams(pairs, fine, MLP), 8, 4)
    np.testing.assert_allclose(found, grams(pairs, coarse, MLP), rtol=1e-12)
    with pytest.raises(ValueError, match="divisor"):
        coarser(found, 4, 3)
    with pytest.raises(ValueError, match="whole orbits"):
        coarser(found, 6, 3)


def test_matrices_are_those_of_the_orbits(pairs: np.ndarray) -> None:
    action = rotation_action(8, (28, 28))
    points = unit_norm(orbit(pairs[0], action), item_ndim=2)
    found = grams(pairs[:1], action, CNNKernel(), prepare=unit_norm)[0]
    np.testing.assert_allclose(found, gram(CNNKernel(), points), rtol=1e-12)


def test_errors_name_what_was_expected(pairs: np.ndarray) -> None:
    action = rotation_action(4, (28, 28))
    with pytest.raises(ValueError, match="pairs, 2, height, width"):
        grams(pairs[:, 0], action, MLP)
    with pytest.raises(ValueError, match="pairs of orbits of C4"):
        measure(np.eye(6)[None], action.group)
    with pytest.raises(ValueError, match="not blank"):
        unit_norm(np.zeros((2, 3, 3)), item_ndim=2)


@pytest.mark.parametrize("item_ndim", [1, 2, 3])
def test_an_image_is_normalized_as_a_whole(item_ndim: int, rng: np.random.Generator) -> None:
    images = rng.random((2, 5, *[4, 4, 3][:item_ndim]))
    found = unit_norm(images, item_ndim=item_ndim)
    for image, one in zip(images.reshape(10, -1), found.reshape(10, -1), strict=True):
        np.testing.assert_allclose(one, image / np.linalg.norm(image), rtol=1e-15)
    with pytest.raises(ValueError, match="item_ndim"):
        unit_norm(images, item_ndim=images.ndim + 1)


@pytest.mark.slow
def test_one_witness_brings_the_noise_to_the_ridge(pairs: np.ndarray) -> None:
    """A kernel blind to a subgroup H of what acts: 1/(A⁻¹)_aa ≤ r|H|/(|H| - 1)."""
    action = dihedral_action(4, (28, 28))
    for subgroup in ([0, 1], [0, 2, 4, 6]):  # a mirror, which is not normal, and quarter turns

        def blind(items: np.ndarray, transform=action.transform, subgroup=subgroup) -> np.ndarray:
            return transform(items)[:, subgroup]

        points = orbit(normalize(pairs[0]), action)
        matrix = np.asarray(gram(Averaged(MLP, blind), points))
        ridge = float(relative_ridge((matrix + matrix.T) / 2, 1e-8))
        noise = 1 / np.diagonal(np.linalg.inv(matrix + ridge * np.eye(16)))
        bound = len(subgroup) / (len(subgroup) - 1) * ridge
        assert (noise <= bound * (1 + 1e-4)).all() and (noise > 0.5 * bound).all()


def test_error_on_the_way_to_symmetry(pairs: np.ndarray) -> None:
    """1/ε(t) = β + (1/ε(0) - β)/(1 - t) for (1 - t)k + t k̄, without a ridge."""
    action = dihedral_action(4, (28, 28))
    labels = np.repeat([1.0, -1.0], 8)
    matrix = grams(pairs[:1], action, MLP)[0]
    means = matrix.reshape(2, 8, 2, 8).mean(axis=(1, 3))
    average = np.repeat(np.repeat(means, 8, axis=0), 8, axis=1)

    def errors(t: float) -> np.ndarray:
        mixed = (1 - t) * matrix + t * average
        return np.asarray(leave_one_out_error(mixed, labels, ridge=0.0))[[0, 8]]

    inverse = np.linalg.inv(8 * means)
    beta = np.diag(inverse) / (8 * np.abs(inverse @ [1, -1]))
    for t in (0.5, 0.9, 0.999):
        expected = 1 / (beta + (1 / errors(0.0) - beta) / (1 - t))
        np.testing.assert_allclose(errors(t), expected, rtol=1e-8)
    assert (beta < 1 / 8).all()
