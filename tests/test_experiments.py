"""The experiments: numbers against independent ones, and that interruption changes nothing."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lanes import slow
from scipy.ndimage import rotate

from symtheory import datasets, regression, runs, spectral
from symtheory.actions import orbit, rotation_action
from symtheory.datasets import Dataset, normalize
from symtheory.experiments.catalog import EXPERIMENTS
from symtheory.experiments.rotated_digits.run import medians
from symtheory.experiments.rotated_digits.settings import ROTATED_DIGITS
from symtheory.experiments.shared import cyclic, rotated_pairs
from symtheory.experiments.shared.rotated_grams import rotated_grams
from symtheory.experiments.two_circles import run as two_circles
from symtheory.groups import cyclic_group
from symtheory.kernels import Linear, gram
from symtheory.ntk import MLPKernel
from symtheory.regression import held_out_prediction, relative_ridge
from symtheory.runs import Progress

SMALL = {"pairs": 6, "orders": (2, 4)}


def run(
    dataset: Dataset,
    *,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    **changes: Any,
) -> dict[str, np.ndarray]:
    """A run of rotated digits, with the paper's parameters but for some."""
    parameters = ROTATED_DIGITS.at_scale("paper", **changes)
    return runs.run(
        ROTATED_DIGITS, dataset, parameters, checkpoint=checkpoint, resume=resume, progress=progress
    )[0]


@pytest.fixture
def digits() -> Dataset:
    return datasets.load_digits()


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a pair each: six in all for `SMALL`."""
    monkeypatch.setattr(rotated_pairs, "UNIT_IMAGES", 8)


def assert_same_bits(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> None:
    assert one.keys() == two.keys()
    for key, value in one.items():
        assert value.dtype == two[key].dtype and value.tobytes() == two[key].tobytes(), key


# Rotated digits


def straightforward_errors(pair: np.ndarray, order: int, ridge: float) -> np.ndarray:
    """Errors at the two unrotated images: image by image, and a solve for each held-out point."""
    points = [
        normalize(rotate(image, 360 * step / order, reshape=False, order=3), item_ndim=2)
        for image in pair
        for step in range(order)
    ]
    gram = np.asarray(MLPKernel()(np.stack(points)))
    labels = np.repeat([1.0, -1.0], order)
    regularized = gram + ridge * np.trace(gram) * np.eye(2 * order)
    errors = []
    for held_out in (0, order):
        kept = np.delete(np.arange(2 * order), held_out)
        weights = np.linalg.lstsq(regularized[np.ix_(kept, kept)], labels[kept])[0]
        errors.append(abs(labels[held_out] - gram[held_out, kept] @ weights))
    return np.array(errors)


@pytest.mark.parametrize("order", [2, 4, 5, 8])
def test_errors_equal_the_straightforward_ones(order: int, digits: Dataset) -> None:
    pairs = datasets.sample_pairs(digits.labels, 4, seed=1)
    images = digits.images[pairs]
    result = rotated_pairs.measure(images, order)
    for k, pair in enumerate(images):
        expected = straightforward_errors(pair, order, rotated_pairs.RELATIVE_RIDGE)
        np.testing.assert_allclose(result["exact_error"][k], expected, rtol=1e-6)


@pytest.mark.parametrize("order", [2, 4])
def test_theory_is_exact_where_the_action_is(order: int, digits: Dataset) -> None:
    pairs = datasets.sample_pairs(digits.labels, 8, seed=2)
    result = rotated_pairs.measure(digits.images[pairs], order)
    np.testing.assert_allclose(result["spectral_error"], result["exact_error"], rtol=1e-10)
    np.testing.assert_allclose(result["orbit_mean_error"], result["exact_error"], rtol=1e-10)
    assert (result["symmetry_defect"] < 1e-14).all()


def test_theory_is_near_where_images_are_interpolated(digits: Dataset) -> None:
    pairs = datasets.sample_pairs(digits.labels, 8, seed=2)
    result = rotated_pairs.measure(digits.images[pairs], 8)
    np.testing.assert_allclose(result["spectral_error"], result["orbit_mean_error"], rtol=1e-3)
    assert (result["symmetry_defect"] > 1e-12).all()
    product = result["circulant_error"] * result["last_eigenvalue"] * result["mean_inverse"]
    np.testing.assert_allclose(product, 1, rtol=1e-12)


def test_geometry_of_orbits(digits: Dataset) -> None:
    pair = digits.images[datasets.sample_pairs(digits.labels, 1, seed=3)]
    result = rotated_pairs.measure(pair, 4)
    orbits = normalize(np.stack([[np.rot90(image, k) for k in range(4)] for image in pair[0]]))
    means = orbits.mean(axis=1)
    separation = ((means[0] - means[1]) ** 2).sum()
    spread = [[np.linalg.norm(p - means[i]) for p in orbits[i]] for i in (0, 1)]
    np.testing.assert_allclose(result["squared_separation"], separation, rtol=1e-12)
    np.testing.assert_allclose(result["spread"], np.mean(spread), rtol=1e-12)


def test_correct_predictions_have_the_right_sign(digits: Dataset) -> None:
    images = digits.images[datasets.sample_pairs(digits.labels, 40, seed=4)]
    result = rotated_pairs.measure(images, 4)
    labels = np.repeat([1.0, -1.0], 4)
    correct = np.zeros(40)
    for k, pair in enumerate(images):
        matrix = gram(MLPKernel(), normalize(orbit(pair, rotation_action(4, (28, 28)))))
        ridge = relative_ridge(matrix, rotated_pairs.RELATIVE_RIDGE)
        for index in (0, 4):
            correct[k] += (
                held_out_prediction(matrix, labels, index, ridge=ridge) * labels[index] > 0
            )
    np.testing.assert_array_equal(result["number_correct"], correct)
    assert set(correct) == {0, 1, 2}


def test_any_kernel_will_do(digits: Dataset) -> None:
    pair = digits.images[datasets.sample_pairs(digits.labels, 1, seed=5)]
    shallow, deep, linear = (
        rotated_pairs.measure(pair, 4, kernel=kernel, ridge=1e-3)["exact_error"]
        for kernel in (None, MLPKernel(depth=5), Linear())
    )
    assert (np.abs(shallow - deep) > 1e-3).any() and (np.abs(shallow - linear) > 1e-3).any()


@pytest.mark.parametrize("order", [1, slow(2), 3, slow(4), slow(6), slow(16)])
def test_rotated_grams_are_those_of_the_kernel(order: int, digits: Dataset) -> None:
    """Of one digit twice as well: angles of 0, which rounding of a cosine would make 1e-8."""
    pairs = digits.images[[[0, 1], [2, 2]]]
    rotated = orbit(pairs.reshape(-1, 28, 28), rotation_action(order, (28, 28)))
    orbits = normalize(rotated).reshape(2, 2, order, -1)
    for depth in (1, 4):
        expected = [gram(MLPKernel(depth=depth), one) for one in orbits]
        np.testing.assert_allclose(rotated_grams(orbits, depth), np.stack(expected), rtol=4e-15)


def test_measure_rejects(digits: Dataset) -> None:
    images = digits.images[:4].reshape(2, 2, 28, 28)
    with pytest.raises(ValueError, match=r"shape \(pairs, 2, height, width\)"):
        rotated_pairs.measure(digits.images[:4], 4)
    with pytest.raises(ValueError, match="contrast"):
        rotated_pairs.measure(np.zeros((1, 2, 28, 28)), 4)
    # The same image in both classes leaves the Gram matrix singular.
    twice = images[:, [0, 0]]
    with pytest.raises(ValueError, match="Got 2 of 2 that are singular"):
        rotated_pairs.measure(twice, 4, ridge=0.0)


def test_run_measures_each_order(digits: Dataset, small_units: None) -> None:
    data = run(digits, **SMALL, seed=9)
    np.testing.assert_array_equal(data["orders"], [2, 4])
    np.testing.assert_array_equal(data["pairs"], datasets.sample_pairs(digits.labels, 6, seed=9))
    for row, order in enumerate((2, 4)):
        expected = rotated_pairs.measure(digits.images[data["pairs"]], order)
        for key, value in expected.items():
            np.testing.assert_allclose(data[key][row], value, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("orders", [(), (0, 2), (2, 2), (-1,)])
def test_run_rejects_orders(orders: tuple[int, ...], digits: Dataset) -> None:
    with pytest.raises(ValueError, match="orders: different whole numbers from 1"):
        run(digits, orders=orders)


def test_medians(digits: Dataset) -> None:
    data = run(digits, **SMALL)
    result = medians(data)
    assert all(value.shape == (2,) for value in result.values())
    paper = np.median(data["exact_error"].mean(-1), axis=-1)
    np.testing.assert_allclose(result["exact_error"], paper)
    assert (result["general_gap"] < 1e-10).all()
    assert (result["circulant_gap"] > 1e-4).all()


def test_real_mnist() -> None:
    """The numbers of the paper's experiment on MNIST's test split, with a quarter of its pairs."""
    if not os.environ.get("SYMTHEORY_DATA"):
        pytest.skip("needs MNIST: set SYMTHEORY_DATA to the folder that holds it")
    mnist = datasets.load_mnist("test")
    data = run(mnist, pairs=128, orders=(2, 16, 64))
    median = medians(data)
    assert median["general_gap"][0] < 1e-10
    assert median["general_gap"][1] <= 1e-4
    assert median["general_gap"][2] <= 3e-4
    np.testing.assert_allclose(median["exact_error"], [1.24, 0.57, 0.075], rtol=0.1)


@pytest.mark.parametrize("order", [1, 2, 3, 8])
def test_numpy_computes_what_the_theory_does(order: int, rng: np.random.Generator) -> None:
    """On matrices that are not invariant, of as many pairs as there are orbits in one."""
    points = rng.normal(size=(2, 2 * order, 4 * order + 2))
    matrices, ridge = points @ np.swapaxes(points, -1, -2), np.array([0.1, 0.3])
    group, labels = cyclic_group(order), np.repeat([1.0, -1.0], order)
    rows = cyclic.averaged_rows(matrices)
    exact, general = cyclic.exact_errors(matrices, ridge), cyclic.general_errors(rows, ridge)
    interleaved, defects = cyclic.circulant(rows, ridge), cyclic.defects(matrices, rows)
    close = partial(np.testing.assert_allclose, rtol=1e-11, atol=1e-13)
    for k, (matrix, r) in enumerate(zip(matrices, ridge, strict=True)):
        close(exact[k].ravel(), regression.leave_one_out_error(matrix, labels, ridge=r))
        close(rows[k], spectral.average_rows(matrix, group))
        first = spectral.FirstRows(rows[k])
        close(general[k], spectral.spectral_error(first, group, ridge=r))
        found = spectral.spectrum(first, ridge=r)
        for name in cyclic.Circulant._fields:
            close(getattr(interleaved, name)[k], getattr(found, name))
        close(defects[k], spectral.symmetry_defect(matrix, group))
    singular = matrices.copy()
    singular[1] = 1.0
    errors = cyclic.exact_errors(singular, np.zeros(2))
    assert np.isfinite(errors[0]).all() and np.isnan(errors[1]).all()


# Interruption


class Killed(BaseException):
    """What stands in for Ctrl-C."""


@pytest.mark.parametrize("after", [1, 3, 5])
def test_a_resumed_run_is_the_same_to_the_bit(
    after: int, digits: Dataset, small_units: None, tmp_path: Path
) -> None:
    whole = run(digits, **SMALL)
    path = tmp_path / "run.partial.npz"

    def kill(finished: np.ndarray) -> None:
        assert finished.size == 6
        if finished.sum() == after:
            raise Killed

    with pytest.raises(Killed):
        run(digits, **SMALL, checkpoint=path, progress=kill)
    seen: list[int] = []
    resumed = run(
        digits,
        **SMALL,
        checkpoint=path,
        resume=True,
        progress=lambda finished: seen.append(int(finished.sum())),
    )
    # A part that had begun when the run was killed is kept as well.
    assert seen[0] >= after and seen == list(range(seen[0], 7))
    assert_same_bits(resumed, whole)


def test_an_unfinished_run_is_not_overwritten(
    digits: Dataset, small_units: None, tmp_path: Path
) -> None:
    path = tmp_path / "run.partial.npz"
    run(digits, **SMALL, checkpoint=path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"Got one of rotated-digits, in 6 parts\. Try --resume"):
        run(digits, **SMALL, checkpoint=path)
    with pytest.raises(ValueError, match=r"of the same seed, 7\. Got 124"):
        run(digits, **SMALL, seed=7, checkpoint=path, resume=True)
    assert path.read_bytes() == before


# Two circles


@pytest.fixture(scope="module")
def order_sweep() -> dict[str, np.ndarray]:
    return two_circles.sweep_order((4, 12, 20))


@pytest.mark.slow
def test_theory_is_exact_on_circles(order_sweep: dict[str, np.ndarray]) -> None:
    for sweep in (order_sweep, two_circles.sweep_separation()):
        np.testing.assert_allclose(sweep["exact_error"], sweep["spectral_error"], rtol=1e-8)
        product = sweep["spectral_error"] * sweep["last_eigenvalue"] * sweep["mean_inverse"]
        np.testing.assert_allclose(product, 1, rtol=1e-12)


def test_ridges_of_the_paper_are_relative() -> None:
    """Against its script's steps, in NumPy: a solve without the point, and a Fourier transform."""
    sweep = two_circles.sweep_order((4, 48), of_the_paper=True)
    for row, order in enumerate((4, 48)):
        interleaved = datasets.two_circles(order, 1.0).transpose(1, 0, 2).reshape(2 * order, 3)
        distance = np.linalg.norm(interleaved[:, None] - interleaved, axis=-1)
        matrix, labels = np.exp(-np.square(1.4 * distance)), np.tile([1.0, -1.0], order)
        train = matrix[1:, 1:] + 1e-5 * np.trace(matrix[1:, 1:]) * np.eye(2 * order - 1)
        exact = abs(1 - matrix[0, 1:] @ np.linalg.solve(train, labels[1:]))
        spectrum = np.fft.fft(matrix[0]).real + 1e-5 * matrix[0, 0] * 2 * order
        np.testing.assert_allclose(sweep["exact_error"][row], exact, rtol=1e-9)
        formula = 1 / spectrum[order] / np.mean(1 / spectrum)
        np.testing.assert_allclose(sweep["spectral_error"][row], formula, rtol=1e-9)
    assert 1.6e-4 < sweep["exact_error"][1] < 2e-4  # where one ridge of 1e-5 leaves a hundredth
    assert two_circles.sweep_order((48,))["exact_error"][0] < 1e-5


def test_denser_circles_are_learned(order_sweep: dict[str, np.ndarray]) -> None:
    assert (np.diff(np.log10(order_sweep["exact_error"])) < -0.5).all()
    eigenvalues = order_sweep["eigenvalues"]
    assert eigenvalues.shape == (3, 40)
    for row, order in enumerate(order_sweep["orders"]):
        assert np.isnan(eigenvalues[row, 2 * order :]).all()
        known = eigenvalues[row, : 2 * order]
        np.testing.assert_allclose(known[order], order_sweep["last_eigenvalue"][row])
        np.testing.assert_allclose(np.mean(1 / known), order_sweep["mean_inverse"][row])


def test_separated_circles_are_learned() -> None:
    sweep = two_circles.sweep_separation()
    assert sweep["separations"].shape == (21,) and sweep["separations"][0] == 0
    assert sweep["eigenvalues"].shape == (21, 12)
    # Falls steadily, and levels off once the kernel between the circles is gone.
    assert (np.diff(sweep["exact_error"]) < 1e-9).all()
    assert sweep["exact_error"][0] > 1 > sweep["exact_error"][-1]
    np.testing.assert_allclose(sweep["exact_error"][-2], sweep["exact_error"][-1], rtol=1e-6)


def test_two_circles_reject() -> None:
    with pytest.raises(ValueError, match=r"integer ≥ 1 .* on each circle\. Got 0"):
        two_circles.measure(0, [1.0], 1.0)
    with pytest.raises(ValueError, match="singular"):
        two_circles.measure(30, [0.0], 0.1, ridge=0.0)


@pytest.mark.usefixtures("without_x64")
def test_64_bit_floats_are_demanded(digits: Dataset) -> None:
    with pytest.raises(ValueError, match="64-bit"):
        rotated_pairs.measure(digits.images[None, :2], 4, kernel=Linear())
    with pytest.raises(ValueError, match="64-bit"):
        two_circles.measure(6, [1.0], 1.0)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_names_a_figure_or_what_it_is_about(name: str) -> None:
    one = EXPERIMENTS[name]
    assert (one.figure is None) == bool(one.about)
    assert one.figure is None or one.figure[0].isdigit()
