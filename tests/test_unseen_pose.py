"""Unseen poses: what is shown and what is asked, and that runs are what they say."""

from __future__ import annotations

import functools

import jax
import numpy as np
import pytest
from scipy.ndimage import rotate

from symtheory.datasets import Dataset, load_digits
from symtheory.experiments.longer_training import run as longer_training
from symtheory.experiments.longer_training.settings import LongerTraining
from symtheory.experiments.shared import pose_task
from symtheory.experiments.shared.pose_task import missing_pose_task
from symtheory.experiments.shared.statistics import t_interval
from symtheory.experiments.unseen_pose import run as unseen_pose
from symtheory.experiments.unseen_pose.run import Unit
from symtheory.experiments.unseen_pose.settings import UnseenPose

TINY = {
    "networks": ["mlp"],
    "orders": [2, 4],
    "digits": [3, 8],
    "vit_digits": [8],
    "images": 4,
    "batch": 16,
    "epochs": 1,
    "vit_width": 8,
    "vit_patch": 14,
    "seed": 1,
}
LONG = {
    "variants": ["small-turns"],
    "orders": [2],
    "digits": [3],
    "images": 4,
    "held_back": 0.5,
    "batch": 16,
    "epochs": 6,
    "decay": 1.0,
    "angle": 10,
    "seed": 1,
}


@functools.cache
def task(order=4, digit=3, images=12):
    return missing_pose_task(load_digits(), images=images, order=order, digit=digit, seed=1)


def as_rows(images):
    return {image.tobytes() for image in images}


# What is shown and what is asked


def test_rotations_are_scipy_s_with_unit_norm():
    images = load_digits().images[:3]
    ours = pose_task.rotated(images, 8)
    assert ours.dtype == np.float32 and ours.shape == (3, 8, 28, 28)
    expected = rotate(images[1], 3 * 45, reshape=False, order=3)
    np.testing.assert_allclose(ours[1, 3], expected / np.linalg.norm(expected), atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=(2, 3)), 1, rtol=1e-6)


def test_one_class_is_never_seen_upright():
    parts = task()
    seen = as_rows(parts.train.images)
    assert len(parts.train.images) == len(seen) == 10 * 11 * 4 - 11
    assert not seen & as_rows(parts.unseen_pose.images)
    # Their other poses were seen: a turn by 90° only moves pixels.
    assert as_rows(np.rot90(parts.unseen_pose.images, axes=(1, 2))) <= seen
    # All other classes are seen upright.
    originals = as_rows(pose_task.rotated(load_digits().images, 1)[:, 0])
    upright = [image.tobytes() in originals for image in parts.train.images]
    assert np.array_equal(np.unique(parts.train.labels[upright]), np.delete(np.arange(10), 3))


def test_of_what_is_held_back_no_pose_is_seen():
    parts = task()
    seen = as_rows(parts.train.images)
    for turn in range(4):
        for held in (parts.held_back, parts.unseen_pose_held_back):
            assert not seen & as_rows(np.rot90(held.images, turn, axes=(1, 2)))
    assert len(parts.held_back.images) == 10 * 4 - 1
    assert len(parts.unseen_pose_held_back.images) == 1 and len(parts.seen_poses.images) == 3
    assert np.unique(parts.seen_poses.labels) == [3]
    assert not as_rows(parts.unseen_pose_held_back.images) & as_rows(parts.held_back.images)


def test_all_orders_and_digits_share_their_images():
    upright = as_rows(task(order=2, digit=8).train.images) | as_rows(task(2, 8).unseen_pose.images)
    for parts in (task(order=4, digit=3), task(order=4, digit=5)):
        assert as_rows(parts.unseen_pose.images) <= upright


def test_small_classes_give_all_that_they_have():
    digits = load_digits()
    few = np.sort(np.concatenate([np.flatnonzero(digits.labels == c)[: 3 + c] for c in range(10)]))
    small = Dataset("few", digits.images[few].copy(), digits.labels[few].copy(), "")
    parts = missing_pose_task(small, images=5, order=2, digit=9, seed=1)
    asked = (parts.train, parts.held_back, parts.unseen_pose, parts.unseen_pose_held_back)
    assert sum(len(of.labels) for of in asked) == 2 * (3 + 4 + 8 * 5)


# Runs


@functools.cache
def tiny_run():
    plan = unseen_pose.plan(load_digits(), UnseenPose(**TINY))
    for unit in plan.units:
        for name, value in unseen_pose.compute(load_digits(), UnseenPose(**TINY), unit).items():
            plan.arrays[name][unit] = value
    return plan


@pytest.mark.slow
def test_a_run_fills_all_that_is_planned():
    plan = tiny_run()
    assert len(plan.units) == len(plan.costs) == 2 * 2
    assert plan.costs == sorted(plan.costs)
    for name in unseen_pose.ACCURACIES:
        assert plan.arrays[name].shape == (1, 2, 2, 2)
        assert ((plan.arrays[name] >= 0) & (plan.arrays[name] <= 1)).all()
    assert (plan.arrays["loss"] > 0).all()
    # Each unseen image, trained on in other poses or held back, is taken for one class.
    np.testing.assert_array_equal(plan.arrays["taken_as"].sum(axis=-1), 4)
    right = plan.arrays["taken_as"][:, :, np.arange(2), TINY["digits"]]
    accuracy = {name: plan.arrays[name][..., -1] for name in unseen_pose.ACCURACIES}
    expected = 3 * accuracy["unseen_pose"] + accuracy["unseen_pose_held_back"]
    np.testing.assert_allclose(right, expected, atol=1e-5)


@pytest.mark.slow
def test_a_part_of_a_run_repeats_that_part():
    part = TINY | {"orders": [4], "digits": [8], "vit_digits": [8]}
    again = unseen_pose.compute(load_digits(), UnseenPose(**part), Unit(0, 0, 0))
    for name, value in tiny_run().arrays.items():
        np.testing.assert_array_equal(again[name], value[0, 1, 1], err_msg=name)


def test_accuracies_are_fractions_of_right_answers(rng):
    parts = task(order=2)
    model = unseen_pose.build("mlp", jax.random.key(0))
    measured = pose_task.watch(parts)(model, 0)
    for name, of in parts._asdict().items():
        right = [int(np.argmax(model(image))) == label for image, label in zip(*of, strict=True)]
        assert measured[name] == pytest.approx(np.mean(right), abs=1e-6), name


def test_the_vit_may_be_trained_for_some_digits_alone():
    parameters = TINY | {"networks": ["vit", "mlp"], "orders": [2]}
    plan = unseen_pose.plan(load_digits(), UnseenPose(**parameters))
    assert set(plan.units) == {(0, 0, 1), (1, 0, 0), (1, 0, 1)}
    assert plan.units[-1] == (0, 0, 1)
    assert np.isnan(plan.arrays["train"]).all()


def test_a_summary_is_over_the_digits_that_were_run(rng):
    values = rng.uniform(size=(2, 3, 4, 5))
    values[1, :, 1] = np.nan
    data = dict.fromkeys(unseen_pose.ACCURACIES, values)
    data |= {"networks": np.array(["cnn", "vit"])}
    summary = unseen_pose.summary(data)
    last = values[..., -1]
    np.testing.assert_allclose(summary["cnn_train"], last[0].mean(axis=-1))
    np.testing.assert_allclose(summary["vit_train"], last[1][:, [0, 2, 3]].mean(axis=-1))
    # All resamples of the digits, 4⁴ and 3³ of them, each as likely.
    for name, there in (("cnn", last[0]), ("vit", last[1][:, [0, 2, 3]])):
        n = there.shape[-1]
        means = there[:, np.stack(np.meshgrid(*n * [np.arange(n)]), -1).reshape(-1, n)].mean(-1)
        mean, ends = summary[f"{name}_unseen_pose"], summary[f"{name}_unseen_pose_interval"]
        assert np.all((ends[:, 0] < mean) & (mean < ends[:, 1]))
        for end, quantile in zip(ends.T[..., None], (0.025, 0.975), strict=True):
            assert np.all((means < end - 1e-9).mean(axis=-1) < quantile + 0.02)
            assert np.all((means < end + 1e-9).mean(axis=-1) > quantile - 0.02)
    np.testing.assert_allclose(summary["cnn_gap"], 0, atol=1e-12)


def test_an_interval_of_shares_stays_within_them():
    """Where Student's t does not: few digits, of which most are never recognized."""
    values = np.zeros((1, 1, 10, 1))
    values[..., :2, :] = 1.0
    data = dict.fromkeys(unseen_pose.ACCURACIES, values) | {"networks": np.array(["mlp"])}
    low, high = unseen_pose.summary(data)["mlp_unseen_pose_interval"][0]
    assert 0 <= low < 0.2 < high <= 1
    mean, half = t_interval(values[0, :, :, 0])
    assert mean[0] - half[0] < 0


@pytest.mark.parametrize(
    "module, change, message",
    [
        (unseen_pose, {"networks": ["rnn"]}, "networks: different ones of mlp, cnn, vit"),
        (unseen_pose, {"networks": []}, "Got none"),
        (unseen_pose, {"orders": [1, 2]}, "orders: different whole numbers from 2"),
        (unseen_pose, {"digits": [3, 3]}, "digits: different whole numbers from 0 to 9"),
        (unseen_pose, {"vit_digits": [5]}, "vit_digits among 3, 8"),
        (unseen_pose, {"epochs": 0}, "epochs: a whole number from 1"),
        (unseen_pose, {"images": 1}, "images: a whole number from 2"),
        (unseen_pose, {"networks": ["vit"], "vit_patch": 5}, "tile the image"),
        (longer_training, {"variants": ["longer"]}, "variants: different ones of plain"),
        (longer_training, {"held_back": 1.5}, "held_back: a number from 0 to 1"),
        (longer_training, {"angle": 200}, "angle: a number from 0 to 180"),
        (longer_training, {"epochs": 0}, "epochs: a whole number from 1"),
    ],
)
def test_bad_parameters_are_refused_before_any_work(module, change, message):
    settings, some = (UnseenPose, TINY) if module is unseen_pose else (LongerTraining, LONG)
    with pytest.raises(ValueError, match=message):
        module.plan(load_digits(), settings(**(some | change)))


def test_a_data_set_needs_ten_classes():
    digits = load_digits()
    some = digits.labels < 7
    fewer = Dataset("fewer", digits.images[some].copy(), digits.labels[some].copy(), "")
    with pytest.raises(ValueError, match="classes 0 to 9"):
        missing_pose_task(fewer, images=4, order=2, digit=3, seed=1)


# Longer training


def test_longer_training_is_looked_at_on_a_logarithmic_scale():
    points = longer_training.measured_epochs(352)
    assert points[0] == 0 and points[1] == 1 and points[-1] == 352
    ratios = points[6:] / points[5:-1]
    assert (np.diff(points) > 0).all() and ratios.min() > 1 and ratios.max() < 1.5
    np.testing.assert_array_equal(longer_training.measured_epochs(1), [0, 1])


@pytest.mark.slow
def test_longer_training_fills_all_that_is_planned():
    plan = longer_training.plan(load_digits(), LongerTraining(**LONG))
    assert plan.units == [(0, 0, 0)]
    result = longer_training.compute(load_digits(), LongerTraining(**LONG), plan.units[0])
    points = plan.constants["epochs"]
    for name in longer_training.QUANTITIES:
        assert plan.arrays[name].shape == (1, 1, 1, len(points))
        assert result[name].shape == points.shape
    # It was looked at in every epoch that is listed, and the network had changed each time.
    assert len(np.unique(result["weight_norm"])) == len(points) and result["weight_norm"].min() > 1
    assert (result["unseen_loss"] > 0.1).all()
    data = {name: value[None, None, None] for name, value in result.items()} | plan.constants
    summary = longer_training.summary(data)
    assert summary["small-turns_train"] == result["train"][-1]
    assert np.isnan(summary["small-turns_train_interval"]).all()


def test_what_comes_late_is_counted_from_when_the_training_set_is_known(rng):
    points = longer_training.measured_epochs(8)
    data = {name: rng.uniform(size=(2, 2, 5, len(points))) for name in longer_training.QUANTITIES}
    data["train"][0] = 0.5
    data["train"][0, 0, :, 3:] = 0.98 + 0.01 * np.arange(-2, 3)[:, None]  # 0.98 in the mean
    data |= {"variants": np.array(["plain", "decay"]), "epochs": points}
    found = longer_training.summary(data)
    np.testing.assert_array_equal(found["known_epoch"], [points[3], np.nan])
    for i, way in enumerate(("plain", "decay")):
        unseen = data["unseen_pose"][i, 0]
        np.testing.assert_allclose(found[f"{way}_known"], [unseen[:, 3].mean(), np.nan])
        late = unseen[:, -1] - unseen[:, 3]
        np.testing.assert_allclose(found[f"{way}_late"], [late.mean(), np.nan])
        low, high = found[f"{way}_late_interval"][0]
        assert late.min() <= low < late.mean() < high <= late.max()
        assert np.isnan(found[f"{way}_late_interval"][1]).all()
        lacked = data["held_back"][i, 0, :, 3] - unseen[:, 3]
        np.testing.assert_allclose(
            found[f"{way}_short"], [(lacked / 2 - late).mean(), np.nan], atol=1e-12
        )
        ends = data["unseen_pose"][i, ..., -1].mean(axis=-1)
        np.testing.assert_allclose(found[f"{way}_unseen_pose"], ends)


def test_turned_images_are_turned_the_way_of_rotations():
    image = load_digits().images[5].astype(np.float32)
    # Linear interpolation is exact where it need not interpolate.
    quarter = longer_training.turned(image, np.float32(np.pi / 2))
    np.testing.assert_allclose(quarter, np.rot90(image) / np.linalg.norm(image), atol=2e-5)
    some = longer_training.turned(image, np.float32(np.deg2rad(30)))
    expected = rotate(image, 30, reshape=False, order=1)
    np.testing.assert_allclose(some, expected / np.linalg.norm(expected), atol=0.02)
