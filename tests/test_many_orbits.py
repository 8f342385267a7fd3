"""A pose that a whole class lacks: many seeds, many classes, against independent computations."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from lanes import slow

from symtheory import cli, datasets, records, runs
from symtheory.actions import orbit, rotation_action
from symtheory.datasets import Dataset, normalize
from symtheory.experiments.many_classes import run as many_classes
from symtheory.experiments.many_classes.settings import MANY_CLASSES
from symtheory.experiments.many_seeds import run as many_seeds
from symtheory.experiments.many_seeds.settings import MANY_SEEDS
from symtheory.experiments.shared.draws import draw_seeds
from symtheory.experiments.shared.missing_pose import (
    exact_prediction,
    nested_grams,
    pair_errors,
    predicted,
    rotated_gram,
)
from symtheory.experiments.shared.statistics import t_interval
from symtheory.groups import cyclic_group, quaternion_group, symmetric_group
from symtheory.kernels import RBF, Linear, gram
from symtheory.ntk import MLPKernel
from symtheory.regression import held_out_prediction, leave_one_out_error
from symtheory.runs import Progress, described, estimates
from symtheory.spectral import (
    average_rows,
    circulant_spectral_error,
    group_average,
    held_out_error,
    spectral_error,
)
from symtheory.spectral import held_out_prediction as spectral_prediction

RESULTS = Path(__file__).parent.parent / "results"
CATALOG = {many_seeds: MANY_SEEDS, many_classes: MANY_CLASSES}
EXPERIMENTS = list(CATALOG)
TWO = many_seeds.LABELS
FIVE = 2 * np.eye(5) - 1


@pytest.fixture(autouse=True)
def no_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short run that a busy machine makes long says how long it takes; not in these tests."""
    monkeypatch.setattr(estimates, "LONG", float("inf"))
    monkeypatch.setattr(estimates, "LOOK", float("inf"))


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return datasets.load_digits()


def rows_of(matrix: np.ndarray) -> np.ndarray:
    """First rows of a Gram matrix of shape (m, N, m, N)."""
    m, order = matrix.shape[:2]
    flat = matrix.reshape(m * order, m * order)
    return np.asarray(average_rows(flat, cyclic_group(order)))


def images_of(digits: Dataset, classes: int, seeds: int, *, seed: int = 3) -> np.ndarray:
    return digits.images[draw_seeds(digits.labels, classes, seeds, seed=seed)]


def small(experiment: ModuleType) -> dict[str, Any]:
    """A run of few shapes, each of which JAX compiles anew."""
    return {"draws": 3, "seeds": 3 if experiment is many_seeds else 1, "orders": (2, 4)}


def run(
    experiment: ModuleType,
    dataset: Dataset,
    *,
    checkpoint: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    **changes: Any,
) -> dict[str, np.ndarray]:
    """A run with the paper's parameters but for some."""
    about = CATALOG[experiment]
    parameters = about.at_scale("paper", **changes)
    return runs.run(
        about, dataset, parameters, checkpoint=checkpoint, resume=resume, progress=progress
    )[0]


def solved_again(
    matrix: np.ndarray, labels: np.ndarray, own: int, pose: int, ridge: float
) -> np.ndarray:
    """Predictions at a pose of all seeds of a class, from a solve without these points."""
    m, order = matrix.shape[:2]
    seeds = m // len(labels)
    points = [(own * seeds + i) * order + pose for i in range(seeds)]
    every = np.repeat(labels, seeds * order, axis=0)
    flat = matrix.reshape(m * order, -1)
    return np.asarray(held_out_prediction(flat, every, points, ridge=ridge))


# The theory


@pytest.mark.slow
@pytest.mark.parametrize(
    "group", [cyclic_group(5), symmetric_group(3), quaternion_group()], ids=lambda g: g.name
)
def test_spectral_predictions_are_those_of_a_solve_without_the_points(group) -> None:
    n = group.order
    features = np.random.default_rng(2).normal(size=(3 * n, 6 * n))
    invariant = group_average(features @ features.T, group)
    labels = np.array([[1, -1], [-1, -1], [-1, 1]])
    held_out = [(0, 1), (2, 3), (0, 0), (1, 4)]
    points = [i * n + g for i, g in held_out]
    every = np.repeat(labels, n, axis=0)
    exact = held_out_prediction(invariant, every, points, ridge=0.1)
    keywords = {"held_out": held_out, "ridge": 0.1}
    signed = spectral_prediction(invariant, group, labels=labels, **keywords)
    np.testing.assert_allclose(signed, exact, rtol=1e-9, atol=1e-11)
    assert (np.asarray(exact) > 0).any() and (np.asarray(exact) < 0).any()
    error = held_out_error(invariant, group, labels=labels, **keywords)
    np.testing.assert_allclose(1 - every[points] * signed, error, rtol=1e-9, atol=1e-11)
    column = spectral_prediction(invariant, group, labels=labels[:, 1], **keywords)
    np.testing.assert_allclose(column, signed[:, 1], rtol=1e-10)


def test_spectral_predictions_refuse_what_errors_refuse() -> None:
    with pytest.raises(ValueError, match="Expected different pairs"):
        spectral_prediction(np.eye(6), cyclic_group(3), held_out=[(0, 7)], ridge=0.1)


# Exact predictions and the Gram matrix behind them


@pytest.mark.parametrize("order", [3, slow(8)])
def test_the_gram_matrix_is_that_of_all_rotations(order: int, digits: Dataset) -> None:
    images = images_of(digits, 3, 2)
    points = normalize(orbit(images.reshape(6, 28, 28), rotation_action(order, (28, 28))))
    for kernel in (MLPKernel(), RBF(0.7)):
        matrix = rotated_gram(images, order, kernel)
        assert matrix.shape == (6, order, 6, order)
        flat = matrix.reshape(6 * order, -1)
        np.testing.assert_allclose(flat, gram(kernel, points), rtol=1e-12)
        # Within a class a product of matrices may round x·y and y·x apart, by one unit.
        np.testing.assert_allclose(flat, flat.T, rtol=1e-15)


@pytest.mark.slow
def test_orders_share_a_gram_matrix_where_they_can(digits: Dataset) -> None:
    images = images_of(digits, 2, 2)
    for order, matrix in zip((3, 4, 8), nested_grams(images, (3, 4, 8), MLPKernel()), strict=True):
        np.testing.assert_allclose(matrix, rotated_gram(images, order, MLPKernel()), rtol=1e-13)


@pytest.mark.parametrize("order,poses", [(2, 1), (3, 3), (8, 2)])
@pytest.mark.parametrize("labels", [TWO, slow(FIVE)], ids=["two", "five"])
def test_exact_predictions_are_those_of_a_solve_without_the_points(
    order: int, poses: int, labels: np.ndarray, digits: Dataset
) -> None:
    matrix = rotated_gram(images_of(digits, len(labels), 3), order, MLPKernel())
    before = matrix.copy()
    ridge = 1e-8
    exact = exact_prediction(matrix, labels, ridge)
    assert exact.shape == (poses, len(labels), 3, labels.shape[1])
    for pose in range(poses):
        for own in range(len(labels)):
            expected = solved_again(matrix, labels, own, pose, ridge)
            np.testing.assert_allclose(exact[pose, own], expected, rtol=1e-6, atol=1e-7)
    np.testing.assert_array_equal(exact_prediction(matrix, labels, ridge, poses=1), exact[:1])
    np.testing.assert_array_equal(matrix, before)


def test_quarter_turns_have_the_same_predictions(digits: Dataset) -> None:
    matrix = rotated_gram(images_of(digits, 2, 2), 8, MLPKernel())
    all_poses = exact_prediction(matrix, TWO, 1e-8, poses=8)
    np.testing.assert_allclose(all_poses[2:4], all_poses[:2], rtol=1e-7)
    assert np.abs(all_poses[1] - all_poses[0]).max() > 1e-5


def test_a_singular_matrix_is_refused(digits: Dataset) -> None:
    images = images_of(digits, 2, 2)
    with pytest.raises(ValueError, match="singular to precision"):
        many_seeds.measure(images[[0, 0]], [4], ridge=0.0)
    with pytest.raises(ValueError, match="contrast"):
        rotated_gram(np.zeros((2, 1, 28, 28)), 2, MLPKernel())
    with pytest.raises(ValueError, match="Expected images of shape"):
        rotated_gram(images[0], 2, MLPKernel())


@pytest.mark.parametrize("labels,order", [(TWO, 2), (TWO, 4), (FIVE, 4)])
def test_the_theory_is_exact_where_the_action_is(
    labels: np.ndarray, order: int, digits: Dataset
) -> None:
    matrix = rotated_gram(images_of(digits, len(labels), 3), order, MLPKernel())
    exact = exact_prediction(matrix, labels, 1e-8)[0]
    np.testing.assert_allclose(predicted(rows_of(matrix), labels, 1e-8), exact, atol=1e-8)


@pytest.mark.slow
def test_the_theory_is_near_where_images_are_interpolated(digits: Dataset) -> None:
    matrix = rotated_gram(images_of(digits, 2, 3), 16, MLPKernel())
    exact = exact_prediction(matrix, TWO, 1e-8)
    theory = predicted(rows_of(matrix), TWO, 1e-8)
    np.testing.assert_allclose(theory, exact.mean(axis=0), atol=3e-3)
    assert np.abs(theory - exact[0]).max() > 1e-6


@pytest.mark.slow
def test_pairs_are_as_if_there_were_no_others(digits: Dataset) -> None:
    matrix = rotated_gram(images_of(digits, 2, 3), 4, MLPKernel())
    circulant, general = pair_errors(rows_of(matrix), 1e-8)
    assert np.isnan(np.diag(circulant)).all() and np.isnan(np.diag(general)).all()
    for i, j in [(0, 1), (0, 3), (2, 4)]:
        pair = matrix[[i, j]][:, :, [i, j]].reshape(8, 8)
        expected = float(circulant_spectral_error(pair, ridge=1e-8))
        np.testing.assert_allclose([circulant[i, j], circulant[j, i]], expected, rtol=1e-9)
        both = spectral_error(pair, cyclic_group(4), ridge=1e-8)
        np.testing.assert_allclose([general[i, j], general[j, i]], both, rtol=1e-9)


# Many seeds


def test_many_seeds_measures_what_it_says(digits: Dataset) -> None:
    images = images_of(digits, 2, 3)
    result = many_seeds.measure(images, [4])[0]
    assert result.keys() == many_seeds.QUANTITIES.keys()
    matrix = rotated_gram(images, 4, MLPKernel())
    flat = matrix.reshape(24, 24)
    ridge = 1e-10 * np.trace(flat)
    for c in (0, 1):
        expected = TWO[c, 0] * solved_again(matrix, TWO, c, 0, ridge)[:, 0]
        np.testing.assert_allclose(result["exact_margin"][c], expected, atol=1e-6)
    for name in ("orbit_mean_margin", "general_margin"):
        np.testing.assert_allclose(result[name], result["exact_margin"], atol=1e-8)

    every = np.repeat([1.0, -1.0], 12)
    alone = np.asarray(leave_one_out_error(flat, every, ridge=ridge)).reshape(2, 3, 4)[..., 0]
    # Of the size: with several seeds of its own class one overshoots here.
    assert alone.min() < 0
    np.testing.assert_allclose(result["alone_error"], np.abs(alone), rtol=1e-7)
    for i, others in ((1, [3, 4, 5]), (5, [0, 1, 2])):
        kept = [i, *others]
        part = matrix[kept][:, :, kept].reshape(16, 16)
        labels = np.repeat([1.0, -1, -1, -1], 4)
        error = abs(1 - held_out_prediction(part, labels, 0, ridge=ridge))
        np.testing.assert_allclose(result["against_all_error"].ravel()[i], error, rtol=1e-7)
    circulant, general = pair_errors(rows_of(matrix), float(ridge))
    np.testing.assert_allclose(result["pair_error"][0, 2], circulant[2, 3:].mean(), rtol=1e-12)
    np.testing.assert_allclose(result["pair_error"][1, 0], circulant[3, :3].mean(), rtol=1e-12)
    np.testing.assert_allclose(result["pair_general_error"][1, 0], general[3, :3].mean())


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_nearest_neighbor_is_the_nearest_image(experiment, digits: Dataset) -> None:
    images = images_of(digits, 2, 3, seed=1)
    points = normalize(orbit(images.reshape(6, 28, 28), rotation_action(4, (28, 28))))
    points = points.reshape(2, 3, 4, 784)
    result = experiment.measure(images, [4])[0]
    seen_wrong = 0
    for c in (0, 1):
        for i in range(3):
            distance = np.linalg.norm(points - points[c, i, 0], axis=-1)
            distance[c, :, 0] = np.inf
            nearest = np.unravel_index(distance.argmin(), distance.shape)[0]
            seen_wrong += nearest != c
            if experiment is many_seeds:
                assert result["nearest_margin"][c, i] == (1 if nearest == c else -1)
            else:
                assert result["nearest_class"][c, i] == nearest
    assert 0 < seen_wrong < 6


def test_more_seeds_of_its_own_class_help_and_of_the_other_harm(digits: Dataset) -> None:
    result = many_seeds.measure(images_of(digits, 2, 3), [4])[0]
    general = np.abs(1 - result["general_margin"]).mean()
    assert result["against_all_error"].mean() > 1.1 * result["pair_general_error"].mean()
    assert result["alone_error"].mean() < general < result["against_all_error"].mean()


@pytest.mark.slow
def test_summary_of_many_seeds(digits: Dataset) -> None:
    data = run(many_seeds, digits, **small(many_seeds))
    assert data["exact_margin"].shape == (2, 3, 2, 3)
    found = many_seeds.summary(data)
    assert all(value.shape == (2,) for value in found.values())
    error = np.abs(1 - data["exact_margin"][1]).mean(axis=(1, 2))
    np.testing.assert_allclose(found["exact_error"][1], np.median(error))
    assert (found["general_gap"] < 1e-7).all() and (found["pair_gap"] > 1e-3).all()
    np.testing.assert_allclose(found["correct"], (data["exact_margin"] > 0).mean(axis=(1, 2, 3)))
    for row, order in enumerate((2, 4)):
        single = many_seeds.measure(digits.images[data["seeds"][2]], [order])[0]
        np.testing.assert_allclose(data["exact_margin"][row, 2], single["exact_margin"], atol=1e-9)


# Many classes


@pytest.mark.slow
def test_many_classes_measures_what_it_says(digits: Dataset) -> None:
    images = images_of(digits, 5, 3)
    result = many_classes.measure(images, [4])[0]
    assert result.keys() == many_classes.QUANTITIES.keys()
    matrix = rotated_gram(images, 4, MLPKernel())
    ridge = 1e-10 * np.trace(matrix.reshape(60, 60))
    circulant, _ = pair_errors(rows_of(matrix), float(ridge))
    for c in range(5):
        exact = solved_again(matrix, FIVE, c, 0, ridge)
        np.testing.assert_array_equal(result["exact_class"][c], exact.argmax(axis=1))
        np.testing.assert_array_equal(result["general_class"][c], exact.argmax(axis=1))
        np.testing.assert_allclose(result["exact_error"][c], np.abs(1 - exact[:, c]), atol=1e-6)
        for i in range(3):
            others = [k for k in range(5) if k != c]
            means = [circulant[3 * c + i, 3 * k : 3 * k + 3].mean() for k in others]
            assert result["pair_correct"][c, i] == (np.array(means) < 1).all()
            np.testing.assert_allclose(result["pair_error"][c, i], np.mean(means), rtol=1e-12)
    np.testing.assert_allclose(result["general_error"], result["exact_error"], atol=1e-7)
    assert 0 < (result["exact_class"] == np.arange(5)[:, None]).mean() < 1


@pytest.mark.slow
def test_accuracies_and_their_interval(digits: Dataset) -> None:
    data = run(many_classes, digits, **small(many_classes))
    assert data["seeds"].shape == (3, 10, 1)
    np.testing.assert_array_equal(digits.labels[data["seeds"][1, :, 0]], range(10))
    found = many_classes.accuracies(data)
    right = data["exact_class"][1, :, 7] == 7
    np.testing.assert_allclose(found["exact"][1, 7], right.mean())
    mean, half = t_interval(np.array([[0.0, 1.0], [1.0, 1.0]]))
    np.testing.assert_allclose(mean, [0.5, 1])
    np.testing.assert_allclose(half, [12.706 * 0.5, 0], rtol=1e-3)  # Student's t, 1 degree


# Draws and runs


def test_draws_of_seeds(digits: Dataset) -> None:
    drawn = draw_seeds(digits.labels, 3, 20, seed=(1, 2))
    classes = digits.labels[drawn]
    assert (classes == classes[:, :1]).all() and len(np.unique(classes)) == 3
    assert len(np.unique(drawn)) == 60
    np.testing.assert_array_equal(drawn, draw_seeds(digits.labels, 3, 20, seed=(1, 2)))
    assert (drawn != draw_seeds(digits.labels, 3, 20, seed=(1, 3))).any()
    firsts = {int(digits.labels[draw_seeds(digits.labels, 2, 1, seed=s)[0, 0]]) for s in range(99)}
    assert firsts == set(range(10))
    for classes, seeds in ((11, 1), (0, 1), (2, 10_000), (2, 0)):
        with pytest.raises(ValueError, match="Expected 1 to 10 classes"):
            draw_seeds(digits.labels, classes, seeds, seed=0)


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_bad_parameters_are_refused(experiment, digits: Dataset) -> None:
    for orders in ((), (0, 2), (2, 2)):
        with pytest.raises(ValueError, match="orders: different whole numbers from 1"):
            run(experiment, digits, orders=orders, draws=1, seeds=1)
    with pytest.raises(ValueError, match="draws: a whole number from 1"):
        run(experiment, digits, draws=0)
    with pytest.raises(ValueError, match="Expected images of shape"):
        experiment.measure(digits.images[:4], [2])
    with pytest.raises(ValueError, match="Expected images of shape"):
        experiment.measure(digits.images[None, :4], [2])


@pytest.mark.parametrize("experiment", EXPERIMENTS)
@pytest.mark.usefixtures("without_x64")
def test_64_bit_floats_are_demanded(experiment) -> None:
    with pytest.raises(ValueError, match="64-bit"):
        experiment.measure(np.ones((2, 1, 28, 28)), [2])


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_other_kernels_and_depths(experiment, digits: Dataset) -> None:
    images = images_of(digits, 2, 3)
    options = ({}, {"kernel": MLPKernel(depth=3)}, {"kernel": Linear(), "ridge": 1e-3})
    errors = [experiment.measure(images, [4], **option)[0]["pair_error"] for option in options]
    assert np.abs(errors[0] - errors[1]).max() > 1e-3 < np.abs(errors[0] - errors[2]).max()


class Killed(BaseException):
    """What stands in for Ctrl-C."""


@pytest.mark.slow
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_a_resumed_run_is_the_same_to_the_bit(experiment, digits: Dataset, tmp_path: Path) -> None:
    options = small(experiment)
    whole = run(experiment, digits, **options)
    path = tmp_path / "run.partial.npz"

    def kill(finished: np.ndarray) -> None:
        assert finished.size == 3
        if finished.sum() == 1:
            raise Killed

    with pytest.raises(Killed):
        run(experiment, digits, **options, checkpoint=path, progress=kill)
    resumed = run(experiment, digits, **options, checkpoint=path, resume=True)
    assert resumed.keys() == whole.keys()
    for key, value in whole.items():
        assert value.dtype == resumed[key].dtype and value.tobytes() == resumed[key].tobytes(), key


# The command line


@pytest.mark.slow
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_reproduce_writes_a_record(
    experiment,
    digits: Dataset,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    options = small(experiment)
    seeds = options["seeds"]
    arguments = ["reproduce", CATALOG[experiment].name, "--draws", "3", "--orders", "2,4"]
    arguments += ["--seeds", str(seeds)]

    def call(*more: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as caught:
            cli.main([*arguments, *more])
        return caught.value.code, *capsys.readouterr()

    code, out, err = call()
    assert (code, err) == (0, "")
    path = Path("results", f"{CATALOG[experiment].name}-digits.npz")
    assert f"Written to {path}" in out and [f.name for f in path.parent.iterdir()] == [path.name]
    record = records.load(path)
    assert record.name == CATALOG[experiment].name
    about = CATALOG[experiment]
    assert record.parameters == described(digits, about.at_scale("paper", **options))
    assert record.parameters["ridge"] == 1e-10 and record.parameters["orders"] == [2, 4]
    assert (
        f"draws 3 (the paper: {about.at_scale('paper').draws})"
        in (record.provenance["differences"])
    )
    assert record.provenance["command"] == (
        f"symtheory reproduce {CATALOG[experiment].name} --dataset digits --draws 3 "
        f"--seeds {seeds} --orders 2,4 --depth 1 --ridge 1e-10 --seed 124"
    )
    expected = run(experiment, digits, **options)
    for key, value in expected.items():
        assert record.data[key].tobytes() == value.tobytes()
    title, head, *lines, _ = out.splitlines()  # no estimate of a run that is so short
    assert f"{seeds} seeds of each" in title and head.split()[0] == "N"
    assert [line.split()[0] for line in lines] == ["2", "4"]

    code, _, err = call("--seed", "5")
    assert code == 1 and "with seed 124, not 5" in err and err.count("\n") == 1
    code, _, err = call("--draws", "0")
    assert code == 2 and "--draws" in err


# The records at the size of the paper


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_records_are_of_the_paper_s_size(experiment) -> None:
    record = records.load(RESULTS / f"{CATALOG[experiment].name}-mnist.npz")
    assert record.parameters["dataset"] == "mnist-test" and record.parameters["seeds"] == 13
    assert record.parameters["orders"] == [2, 4, 8, 16, 32, 64]
    assert record.parameters["draws"] == CATALOG[experiment].at_scale("paper").draws
    assert all(np.isfinite(value).all() for value in record.data.values())


@pytest.mark.slow
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_records_can_be_made_again(experiment) -> None:
    if not os.environ.get("SYMTHEORY_DATA"):
        pytest.skip("needs MNIST: set SYMTHEORY_DATA to the folder that holds it")
    mnist = datasets.load_mnist("test")
    record = records.load(RESULTS / f"{CATALOG[experiment].name}-mnist.npz")
    assert record.parameters == described(mnist, CATALOG[experiment].at_scale("paper"))
    images = mnist.images[record.data["seeds"][1]]
    again = experiment.measure(images, [2, 8])
    for row, result in ((0, again[0]), (2, again[1])):
        for key, value in result.items():
            np.testing.assert_allclose(record.data[key][row, 1], value, atol=1e-6)
