"""Metrics that are learned: gradients, what symmetry does to them, and the experiment."""

from __future__ import annotations

import numpy as np
import pytest
from filled_plan import filled
from hypothesis import given
from hypothesis import strategies as st

from symtheory.actions import linear_action, orbit
from symtheory.datasets import load_digits
from symtheory.experiments.features import run as features
from symtheory.experiments.features.settings import FEATURES
from symtheory.groups import dihedral_group
from symtheory.learning import MetricLaplace, gradient_outer_product, learn_metrics
from symtheory.learning.features import regress
from symtheory.records import load, published

SMALL = {"draws": 1, "seeds": 2, "orders": (4,), "iterations": 2, "lengths": (1.0, 0.1)}


def turns_and_flips(dimension: int) -> np.ndarray:
    """D4 on planes that lie side by side, and on one number that flips alone: (8, d, d)."""
    quarter, flip = np.array([[0.0, -1.0], [1.0, 0.0]]), np.diag([1.0, -1.0])
    matrices = []
    for label in dihedral_group(4).labels:
        flips = label.count("s")
        power = 0 if label in ("e", "s") else int(label.replace("s", "").lstrip("r") or 1)
        plane = np.linalg.matrix_power(quarter, power) @ np.linalg.matrix_power(flip, flips)
        whole = np.eye(dimension)
        whole[:2, :2] = whole[2:4, 2:4] = plane
        whole[4, 4] = (-1.0) ** flips
        matrices.append(whole)
    return np.array(matrices)


def test_gradients_are_those_of_the_prediction(rng: np.random.Generator) -> None:
    x, weights = rng.normal(size=(9, 3)), rng.normal(size=(9, 2))
    half = rng.normal(size=(3, 3))
    kernel = MetricLaplace(half @ half.T, 1.3)
    step = 1e-4
    slopes = np.stack(
        [
            (kernel(x + step * unit, x) - kernel(x - step * unit, x)) @ weights / (2 * step)
            for unit in np.eye(3)
        ]
    )  # (d, n, outputs)
    expected = np.einsum("dnc,enc->de", slopes, slopes) / len(x)
    found = gradient_outer_product(kernel, x, weights)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    some = np.einsum("dnc,enc->de", slopes[:, [1, 4]], slopes[:, [1, 4]]) / 2
    np.testing.assert_allclose(
        gradient_outer_product(kernel, x, weights, at=[1, 4]), some, rtol=1e-5
    )


def test_no_digits_are_lost_far_from_the_origin(rng: np.random.Generator) -> None:
    far = MetricLaplace(np.eye(1), 1.0)([[1e6], [1e6 + 0.2]])
    np.testing.assert_allclose(far, np.exp([[0, -0.2], [-0.2, 0]]), rtol=1e-9)
    x, labels = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    x = np.round(x, 6)  # so that the sum has all of its digits
    near, shifted = (learn_metrics(points, labels, iterations=3)[-1] for points in (x, x + 1e6))
    np.testing.assert_allclose(shifted.metric, near.metric, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(shifted(x + 1e6), near(x), rtol=1e-6)


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        (-np.eye(3), "positive semidefinite.*eigenvalue -1"),
        (np.diag([1.0, -1.0]), "positive semidefinite.*eigenvalue -1"),
        (np.zeros((0, 0)), r"symmetric matrix.*shape \(0, 0\)"),
        (np.ones((2, 3)), r"symmetric matrix.*shape \(2, 3\)"),
    ],
)
def test_what_is_no_metric_is_refused(metric: np.ndarray, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        MetricLaplace(metric, 1.0)
    MetricLaplace(np.diag([1.0, -1e-12]), 1.0)  # but for rounding


def test_points_to_average_over_are_indices_or_a_mask(rng: np.random.Generator) -> None:
    x, weights = rng.normal(size=(9, 3)), rng.normal(size=(9, 2))
    kernel = MetricLaplace(np.eye(3), 1.0)
    mask = np.isin(np.arange(9), [1, 8])
    expected = gradient_outer_product(kernel, x, weights, at=[1, 8])
    for at in (mask, mask.tolist(), [1, -1]):
        np.testing.assert_allclose(gradient_outer_product(kernel, x, weights, at=at), expected)
    for at, words in (
        ([], "points to average over. Got none"),
        (np.zeros(9, dtype=bool), "points to average over. Got none"),
        ([99], "indices of 9 points. Got 99 to 99"),
        ([-10], "indices of 9 points. Got -10"),
        (2, r"indices of points.*Got int64 of shape \(\)"),
        ([0.5], "indices of points.*Got float64"),
        ([True, False], r"mask of shape \(9,\).*Got bool of shape \(2,\)"),
        ([[0], [1, 2]], "indices of points"),
    ):
        with pytest.raises(ValueError, match=words):
            gradient_outer_product(kernel, x, weights, at=at)
        with pytest.raises(ValueError, match=words):
            learn_metrics(x, weights, iterations=0, at=at)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.2, 1.0, 5.0]))
def test_metrics_learned_on_whole_orbits_commute_with_the_group(seed: int, length: float) -> None:
    rng = np.random.default_rng(seed)
    matrices = turns_and_flips(6)
    orbits = orbit(rng.normal(size=(4, 6)), linear_action(dihedral_group(4), matrices))
    labels = np.repeat(rng.normal(size=(4, 2)), 8, axis=0)
    flat = orbits.reshape(-1, 6)
    for kernel in learn_metrics(flat, labels, iterations=3, length=length, ridge=1e-8):
        size = np.abs(kernel.metric).max()
        moved = matrices @ kernel.metric @ np.swapaxes(matrices, 1, 2)
        np.testing.assert_allclose(
            moved, np.broadcast_to(kernel.metric, moved.shape), atol=1e-8 * size
        )
        np.testing.assert_allclose(kernel(flat @ matrices[3].T), kernel(flat), atol=1e-7)
    # Where labels change along orbits, it does not commute.
    broken = learn_metrics(flat, rng.normal(size=(32, 2)), iterations=1)[-1].metric
    assert np.abs(matrices[1] @ broken @ matrices[1].T - broken).max() > 1e-3 * np.abs(broken).max()


@given(st.integers(0, 2**32 - 1))
def test_orbits_collapse_just_in_metrics_of_invariants(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matrices = turns_and_flips(7)
    orbits = orbit(rng.normal(size=(3, 7)), linear_action(dihedral_group(4), matrices))
    half = rng.normal(size=(7, 7))
    whole = half @ half.T
    mean = matrices.mean(axis=0)
    collapsed, free = MetricLaplace(mean @ whole @ mean, 1.0), MetricLaplace(whole, 1.0)
    for seed_and_poses in orbits:
        assert collapsed.distances(seed_and_poses, seed_and_poses).max() < 1e-6
        assert free.distances(seed_and_poses, seed_and_poses).max() > 1e-3
    means = orbits.mean(axis=1)
    np.testing.assert_allclose(collapsed(orbits[:, 3]), free(means), atol=1e-6)
    assert features.invariant_share(collapsed, orbits) == pytest.approx(1)
    assert features.invariant_share(free, orbits) < 1


def test_a_metric_keeps_the_mean_squared_distance(rng: np.random.Generator) -> None:
    x, labels = rng.normal(size=(20, 4)), rng.normal(size=(20, 1))
    sizes = [np.mean(one.distances(x, x) ** 2) for one in learn_metrics(x, labels, iterations=3)]
    np.testing.assert_allclose(sizes, sizes[0], rtol=1e-10)
    # So twice the data is the same machine.
    twice = learn_metrics(2 * x, labels, iterations=3)[-1]
    np.testing.assert_allclose(
        twice(2 * x), learn_metrics(x, labels, iterations=3)[-1](x), rtol=1e-8
    )


def test_a_direction_that_labels_do_not_ask_for_is_forgotten(rng: np.random.Generator) -> None:
    x = rng.normal(size=(200, 3))
    metric = learn_metrics(x, np.sign(x[:, :1]), iterations=4)[-1].metric
    assert metric[0, 0] > 0.9 * np.trace(metric)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"labels": np.ones(5)}, "row for each point"),
        ({"x": np.zeros((5, 2))}, "points that differ"),
        ({"x": np.repeat(np.eye(5)[:1] + np.eye(5)[1:2], 5, axis=0)}, "points that differ"),
        ({"labels": np.zeros((5, 1))}, "without gradients"),
        ({"iterations": -1}, "iterations"),
        ({"length": 0.0}, "length"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(change: dict, words: str) -> None:
    asked = {"x": np.eye(5), "labels": np.ones((5, 1))} | change
    with pytest.raises(ValueError, match=words):
        learn_metrics(**asked)


def test_copies_need_a_ridge() -> None:
    x = np.repeat(np.eye(3), 2, axis=0)
    with pytest.raises(ValueError, match="Try a larger ridge"):
        learn_metrics(x, np.ones((6, 1)), iterations=1, ridge=0.0)


@pytest.fixture(scope="module")
def small_run() -> dict[str, np.ndarray]:
    return filled(features, load_digits(), FEATURES.at_scale("live", **SMALL))


@pytest.mark.slow
def test_the_experiment_measures_what_it_says(small_run: dict[str, np.ndarray]) -> None:
    """The last task of the controls, computed anew from the definitions."""
    assert small_run["tasks"].tolist() == ["4 rotations", "shuffled labels", "contrast"]
    nine = features.nine_digits(load_digits())
    images = nine.images[small_run["seeds"][0]]
    orbits = features.turned(images, 4)
    own, missing = np.repeat(np.arange(9), 2), 3
    seen = np.ones(orbits.shape[:2], dtype=bool)
    seen[own == missing, 0] = False
    labels = 2 * np.eye(9)[np.repeat(own[:, None], 4, axis=1)[seen]] - 1
    kernels = learn_metrics(orbits[seen], labels, iterations=2)
    for place, kernel in enumerate(kernels):
        weights = regress(kernel, orbits[seen], labels, 1e-10)
        said = (kernel(orbits[own == missing, 0], orbits[seen]) @ weights).argmax(axis=1)
        assert np.array_equal(small_run["right"][0, 0, missing, :, place], said == missing)
    assert np.array_equal(small_run["bandwidth"][..., 0], small_run["right"][..., 0])
    # The seeds draw no metric: shuffled labels begin where true ones do.
    assert np.array_equal(small_run["right"][1, ..., 0], small_run["right"][0, ..., 0])


def test_contrast_leaves_nothing_to_a_metric(small_run: dict[str, np.ndarray]) -> None:
    assert small_run["share"][2].max() < 1e-12 < 0.5 < small_run["share"][0, ..., -1].min()
    assert not small_run["right"][2].any()


def test_the_record_can_be_made_again() -> None:
    record = load(published(FEATURES.record))
    settings = FEATURES.at_scale("reduced")
    assert record.parameters["draws"] == settings.draws >= 5
    assert record.data["right"].shape == (5, 5, 9, 10, settings.iterations + 1)
    assert record.provenance["seconds"] > 0
