"""Networks averaged as the evidence says: what they compute, and what they know."""

import jax
import numpy as np
import pytest
from scipy.stats import binomtest

from symtheory.datasets import load_digits
from symtheory.experiments.averaged_networks import run as averaged
from symtheory.experiments.averaged_networks.run import NETWORKS, Averaged, Unit
from symtheory.experiments.averaged_networks.settings import AveragedNetworks
from symtheory.experiments.averaged_networks.table import table
from symtheory.experiments.shared.nine_digits import nine_digits, turned
from symtheory.groups import cyclic_group
from symtheory.networks import MLP
from symtheory.records import Record, load, published

SMALL = {"draws": 1, "seeds": 3, "width": 64, "epochs": 30, "seed": 1}


def test_an_average_is_the_weighted_mean_and_its_weights_are_not_trained(rng):
    network = MLP(5, 4, 3, key=jax.random.key(0))
    weights = np.array([0.5, 0.3, 0.2])
    versions = rng.normal(size=(3, 5)).astype(np.float32)
    model = Averaged(network, jax.numpy.asarray(weights, np.float32))
    expected = sum(w * np.asarray(network(x)) for w, x in zip(weights, versions, strict=True))
    np.testing.assert_allclose(model(versions), expected, rtol=1e-5)
    gradient = jax.grad(lambda one: one(versions).sum())(model)
    assert not np.asarray(gradient.weights).any()
    assert np.asarray(gradient.network.layers[0].weight).any()


def test_the_permutation_of_pixels_has_order_four_and_turns_nothing(rng):
    items = rng.normal(size=(2, 3, 18))
    powers = averaged._permuted(items, seed=(1, 2))
    again = averaged._permuted(powers[..., 1, :], seed=(1, 2))
    assert powers.shape == (2, 3, 4, 18)
    np.testing.assert_array_equal(powers[..., 0, :], items)
    np.testing.assert_array_equal(again[..., 1, :], powers[..., 2, :])
    np.testing.assert_array_equal(again[..., 3, :], items)
    assert not np.array_equal(powers[..., 2, :], items)


def test_versions_of_an_image_are_all_its_turns():
    digits = nine_digits(load_digits())
    poses = turned(digits.images[:2], 4)
    moved = poses[:, cyclic_group(4).table.T]
    for u in range(4):
        again = turned(poses[:, u].reshape(2, 28, 28), 4)
        np.testing.assert_allclose(moved[:, u], again, atol=1e-9)


@pytest.mark.slow
def test_the_learned_average_knows_the_missing_pose_and_the_controls_do_not():
    settings = AveragedNetworks(**SMALL)
    digits = load_digits()
    found = [averaged.compute(digits, settings, Unit(0, missing)) for missing in (2, 7)]
    right = np.mean([one["right"] for one in found], axis=0)
    by_name = dict(zip(NETWORKS, right, strict=True))
    assert by_name["learned"] > 0.8
    # Of 27 seeds the poses are learned too smoothly for the second control: see the record.
    assert max(by_name["plain"], by_name["permuted"]) < 0.5
    for one in found:
        assert one["train_right"].min() > 0.9
        assert one["kernel_right"][1] == 1 and one["kernel_right"][0] < 0.7
        np.testing.assert_array_equal(one["order"][[0, 2]], [4, 1])
        np.testing.assert_allclose(one["weights"][0], 0.25, atol=1e-3)
        assert one["weights"][1, 0] > 0.3
        np.testing.assert_allclose(one["weights"].sum(axis=-1), 1)
        assert one["converged"].all()


def test_what_is_planned_is_computed_and_summed_up():
    settings = AveragedNetworks(**SMALL)
    plan = averaged.plan(load_digits(), settings)
    assert len(plan.units) == 9 and plan.constants["seeds"].shape == (1, 9, 3)
    data = {name: np.ones_like(values) for name, values in plan.arrays.items()}
    data |= plan.constants
    found = averaged.summary(data)
    assert found["networks"] == 9 and found["images"] == 27
    np.testing.assert_array_equal(found["right"], 1)
    ends = binomtest(9, 9).proportion_ci(method="wilson")
    np.testing.assert_allclose(found["right_interval"], [[*ends]] * len(NETWORKS), rtol=1e-12)
    record = Record(
        name="averaged-networks",
        parameters={"dataset": "digits", **settings},
        data=data,
        provenance={},
    )
    assert "averaged kernel" in table(record) and "9 networks" in table(record)


def test_in_the_record_all_controls_fail():
    data = load(published("averaged-networks-mnist")).data
    found = averaged.summary(data)
    by_name = dict(zip(NETWORKS, found["right"], strict=True))
    assert found["networks"] >= 10 and by_name.pop("learned") >= 0.95
    assert max(by_name.values()) < 0.3
    assert found["kernel_right"][1] >= 0.95 and found["kernel_right"][0] < 0.3
    assert (data["order"] == [4, 1, 1]).all() and data["agreement"].min() == 1


def test_single_precision_is_refused(without_x64):
    with pytest.raises(ValueError, match="Expected 64-bit"):
        averaged.plan(load_digits(), AveragedNetworks(**SMALL))
