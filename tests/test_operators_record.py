"""The experiment on learned turns, against brute force, and its record."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from filled_plan import filled

from symtheory import datasets, records, runs
from symtheory.experiments.catalog import EXPERIMENTS
from symtheory.experiments.operators import run as operators
from symtheory.experiments.operators.recognition import (
    SOURCES,
    certified,
    known_pairs,
    nearest,
    regression,
)
from symtheory.experiments.shared.draws import draw_seeds
from symtheory.experiments.shared.missing_pose import exact_prediction
from symtheory.experiments.shared.nine_digits import nine_digits, turned
from symtheory.learning import learn_operator, operator_powers
from symtheory.ntk import MLPKernel
from symtheory.runs import described

RESULTS = Path(__file__).parents[1] / "results"
EXPERIMENT = EXPERIMENTS["operators"]
SMALL = {"draws": 2, "seeds": (1, 2), "orders": (4, 8), "images": 8}


@pytest.fixture(scope="module")
def digits() -> datasets.Dataset:
    return nine_digits(datasets.load_digits())


@pytest.fixture(scope="module")
def coarse() -> datasets.Dataset:
    """Of 14×14 pixels, where the number of pixels is not what is tested: maps are squares of it."""
    digits = datasets.load_digits()
    images = digits.images.reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    return datasets.Dataset(digits.name, images, digits.labels, digits.sha256)


def images_of(digits: datasets.Dataset, classes: int, seeds: int, seed: int = 0) -> np.ndarray:
    return digits.images[draw_seeds(digits.labels, classes, seeds, seed=seed)]


def poses_of(images: np.ndarray, order: int) -> np.ndarray:
    return turned(images, order).reshape(*images.shape[:2], order, -1)


def test_pairs_are_the_next_poses_of_what_was_seen(rng):
    poses = rng.normal(size=(3, 4, 5, 2))
    pairs = known_pairs(poses, 1)
    assert tuple(pairs) == SOURCES
    index = {tuple(x): place for place in np.ndindex(3, 4, 5) for x in [poses[place]]}
    for source, (inputs, outputs) in pairs.items():
        of_class = 4 * 3 if source != "others" else 0  # N - 2 pairs of each seed
        assert len(inputs) == len(outputs) == 2 * 4 * 5 + of_class
        for x, y in zip(inputs, outputs, strict=True):
            (c, i, g), (d, j, h) = index[tuple(x)], index[tuple(y)]
            assert (c, g) not in {(1, 0), (1, 4)} and (d, h) != (1, 0)
            if source != "shuffled":
                assert (d, h) == (c, (g + 1) % 5)
            if source in {"others", "seen"}:
                assert i == j
    for source in ("classmates", "shuffled"):
        assert not np.array_equal(pairs[source][1], pairs["seen"][1])
        assert sorted(map(tuple, pairs[source][1])) == sorted(map(tuple, pairs["seen"][1]))


def test_wrong_pairs_are_drawn_anew_for_each_draw_order_and_class(coarse, monkeypatch):
    drawn = []

    def pairs_of(poses, missing, *, seed):
        result = known_pairs(poses, missing, seed=seed)
        drawn.append(np.random.default_rng(seed).random())
        again, other = (known_pairs(poses, missing, seed=s) for s in (seed, (*seed, 1)))
        for source in ("classmates", "shuffled"):
            np.testing.assert_array_equal(again[source][1], result[source][1])
            assert not np.array_equal(other[source][1], result[source][1])
        return result

    monkeypatch.setattr(operators, "known_pairs", pairs_of)
    small = SMALL | {"seeds": (2,), "images": 16}
    filled(operators, coarse, EXPERIMENT.at_scale("live", **small))
    assert len(set(drawn)) == len(drawn) == 9 * 2 * 2  # classes, draws, orders


def test_the_nearest_is_the_nearest(rng):
    versions, points = rng.normal(size=(3, 4, 6)), rng.normal(size=(7, 6))
    expected = np.square(versions[:, :, None] - points).sum(axis=-1).min(axis=0)
    np.testing.assert_allclose(nearest(versions, points), expected, rtol=1e-10)


@pytest.mark.slow
def test_regression_without_a_pose_is_that_of_the_others(coarse):
    poses = poses_of(images_of(nine_digits(coarse), 3, 2), 4)
    kernel, points = MLPKernel(), poses.reshape(24, -1)
    predict = regression(poses, kernel, 1e-8)
    matrix = np.asarray(kernel(points)).reshape(6, 4, 6, 4)
    ridge = 1e-8 * np.trace(matrix.reshape(24, 24))
    labels = 2.0 * np.eye(3) - 1
    exact = exact_prediction(matrix, labels, ridge, poses=1)[0]
    for c in range(3):
        np.testing.assert_allclose(predict(poses[c, :, 0], c), exact[c], atol=1e-5)
        kept = np.setdiff1d(np.arange(24), 4 * np.arange(2 * c, 2 * c + 2))
        flat = matrix.reshape(24, 24)
        regularized = flat[np.ix_(kept, kept)] + ridge * np.eye(len(kept))
        weights = np.linalg.solve(regularized, np.repeat(labels, 8, axis=0)[kept])
        elsewhere = 0.5 * poses[0, 0, 1] + 0.5 * poses[1, 1, 2]
        expected = np.asarray(kernel(elsewhere[None], points[kept])) @ weights
        np.testing.assert_allclose(predict(elsewhere[None], c), expected, atol=1e-5)


def test_measured_is_what_a_loop_over_images_finds(coarse):
    images = images_of(nine_digits(coarse), 4, 3)
    result = operators.measure(images, 4)
    assert result.keys() == operators.QUANTITIES.keys()
    poses = poses_of(images, 4)
    for c in range(4):
        training = [p for p in np.ndindex(4, 3, 4) if p[0] != c or p[2] != 0]
        inputs, outputs = known_pairs(poses, c)["others"]
        T = learn_operator(inputs, outputs, ridge=1e-6 * np.square(inputs).sum())
        right, strangers, off = [], [], []
        for i in range(3):
            versions = [np.linalg.matrix_power(T, j) @ poses[c, i, 0] for j in range(4)]
            far = {p: min(np.linalg.norm(v - poses[p]) for v in versions) for p in training}
            right.append(min(far, key=far.__getitem__)[0] == c)
            without = {p: d for p, d in far.items() if p[:2] != (c, i)}
            strangers.append(min(without, key=without.__getitem__)[0] == c)
            off.append(np.linalg.norm(versions[1] - poses[c, i, 1]) / 28)
        assert result["recognized"][c, 0] == np.mean(right)
        assert result["strangers"][c, 0] == np.mean(strangers)
        np.testing.assert_allclose(result["error"][c, 0], np.mean(off), rtol=1e-6)
    assert result["recognized"][:, 0].mean() > result["recognized"][:, 3].mean()


@pytest.mark.slow
def test_with_one_seed_there_are_no_strangers_and_classmates_are_partners(coarse):
    result = operators.measure(images_of(nine_digits(coarse), 3, 1), 4)
    for name in ("strangers", "strangers_unturned", "strangers_turned"):
        assert np.isnan(result[name]).all()
    np.testing.assert_allclose(result["error"][:, 1], result["error"][:, 2])


@pytest.mark.parametrize("order", [4, 8])
def test_what_is_certified_is_recognized(order, digits):
    poses = poses_of(images_of(digits, 9, 2), order)
    n_certified = 0
    for c in range(9):
        inputs, outputs = known_pairs(poses, c)["others"]
        for ridge in (1e-6, 1e-2, 1e-1):
            T = learn_operator(inputs, outputs, ridge=ridge * np.square(inputs).sum())
            powers = operator_powers(T, poses[c, :, 0], order)
            others = np.delete(poses, c, axis=0).reshape(-1, 784)
            sure = certified(powers, np.moveaxis(poses[c], 1, 0), others)
            own = nearest(powers, poses[c, :, 1:].reshape(-1, 784)).min(axis=1)
            assert np.all((own < nearest(powers, others).min(axis=1))[sure])
            n_certified += sure.sum()
    assert 0 < n_certified < 54


@pytest.mark.parametrize(("classes", "seeds"), [(3, 1), (9, 2)])
def test_whole_orbits_need_only_a_cosine(classes, seeds, digits):
    """Without ridge: all turned images are equally far from the truth, and from other classes."""
    poses = poses_of(images_of(digits, classes, seeds), 4)
    found = []
    for c in range(classes):
        others, outputs = known_pairs(poses, c)["others"]
        T = learn_operator(others, outputs, ridge=0)
        true = np.moveaxis(poses[c], 1, 0)
        powers = operator_powers(T, true[0], 4)
        u = np.linalg.norm(powers[1:] - true[1:], axis=-1)
        np.testing.assert_allclose(u, np.broadcast_to(u[0], u.shape), rtol=1e-6)
        largest = (true[0] @ others.T).max(axis=1)
        far = np.array([nearest(version[None], others).min(axis=1) for version in powers])
        expected = 28**2 + np.square(powers[1]).sum(axis=1) - 2 * largest
        np.testing.assert_allclose(far[1:], np.broadcast_to(expected, far[1:].shape), rtol=1e-6)
        assert np.all(far[0] >= far[1] * (1 - 1e-9))
        sure = largest / 28**2 < 1 - np.square(u[0] / 28)
        own = nearest(powers, poses[c, :, 1:].reshape(-1, 784)).min(axis=1)
        assert np.all((own < far.min(axis=0))[sure])
        if seeds == 1:  # and its own pose is all that it could be recognized by
            assert np.all((own < far.min(axis=0)) == sure)
        found += [*sure]
    assert any(found) and all(found) == (classes == 9)


def test_bad_images_are_refused(digits):
    for images in (digits.images[:4], digits.images[None, :4]):
        with pytest.raises(ValueError, match="Expected images of shape"):
            operators.measure(images, 4)
    for bad in ({"orders": (1,)}, {"seeds": ()}, {"draws": 0}, {"images": 1}):
        with pytest.raises(ValueError, match="Expected"):
            EXPERIMENT.at_scale("live", **bad)
    nothing = EXPERIMENT.at_scale("live", seeds=(40, 30))  # of so many, four rotations are too many
    with pytest.raises(ValueError, match="at most 80 images .* Got 120 at least. Try images=120"):
        operators.plan(digits, nothing)


class Killed(BaseException):
    """What stands in for Ctrl-C."""


@pytest.mark.slow
def test_a_resumed_run_is_the_same_to_the_bit(coarse, tmp_path):
    settings = EXPERIMENT.at_scale("live", **SMALL)
    path = tmp_path / "run.partial.npz"

    def kill(finished: np.ndarray) -> None:
        if finished.sum() == 2:
            raise Killed

    with pytest.raises(Killed):
        runs.run(EXPERIMENT, coarse, settings, checkpoint=path, progress=kill)
    resumed = runs.run(EXPERIMENT, coarse, settings, checkpoint=path, resume=True)[0]
    whole = runs.run(EXPERIMENT, coarse, settings)[0]
    for key, value in whole.items():
        assert value.tobytes() == resumed[key].tobytes(), key
    assert np.isnan(whole["recognized"][1, :, 1]).all()  # 16 images of a class
    share, interval = operators.shares(whole, "recognized")
    np.testing.assert_allclose(share[0], whole["recognized"][0].mean(axis=(0, 2)))
    inside = (interval[0, ..., 0] <= share[0]) & (share[0] <= interval[0, ..., 1])
    assert inside.all() and (interval[0, 0] - interval[0, 1]).any()
    made = records.Record(
        "operators",
        described(coarse, settings),
        whole,
        records.collect_provenance(
            "symtheory", seed=1, dataset="digits", dataset_hash=coarse.sha256, seconds=1.0
        ),
    )
    lines = EXPERIMENT.table(made).splitlines()
    assert [line.split()[:2] for line in lines[2:]] == [["4", "1"], ["4", "2"], ["8", "1"]]


def test_the_record_is_at_full_scale():
    record = records.load(RESULTS / "operators-mnist.npz")
    full = EXPERIMENT.at_scale("paper")
    assert record.parameters["dataset"] == "mnist-test"
    assert all(record.parameters[name] == value for name, value in full.items())
    measured = np.outer(full.orders, full.seeds) <= full.images
    np.testing.assert_array_equal(
        np.isfinite(record.data["recognized"]).all(axis=(1, 3, 4)), measured
    )


@pytest.mark.slow
def test_the_record_can_be_made_again():
    if not os.environ.get("SYMTHEORY_DATA"):
        pytest.skip("needs MNIST: set SYMTHEORY_DATA to the folder that holds it")
    digits = nine_digits(datasets.load_mnist("test"))
    record = records.load(RESULTS / "operators-mnist.npz")
    for i, order, k, count in ((0, 4, 2, 3), (1, 8, 1, 2)):
        images = digits.images[record.data["seeds"][1, :, :count]]
        seed = (record.parameters["seed"], 1, order, count)
        again = operators.measure(images, order, seed=seed)
        for name, value in again.items():
            np.testing.assert_allclose(record.data[name][i, 1, k], value, atol=1e-6)
