"""The replay of training: networks at many times, and the distribution that theory predicts."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from filled_plan import filled

from symtheory import regression
from symtheory.datasets import Dataset, load_digits, sample_pairs
from symtheory.experiments.shared.descent import in_span
from symtheory.experiments.shared.rotated_pairs import held_out_first
from symtheory.experiments.shared.statistics import t_interval
from symtheory.experiments.training_replay import run as training_replay
from symtheory.experiments.training_replay.run import Unit
from symtheory.experiments.training_replay.settings import TrainingReplay
from symtheory.groups import cyclic_group
from symtheory.networks import MLP, Parametrization, half_squared_error, train
from symtheory.ntk import MLPKernel
from symtheory.spectral import error_variance, spectral_error

SMALL = {
    "ranked": 6,
    "pairs": 3,
    "order": 4,
    "norms": [1, 28],
    "epochs": 9,
    "widths": [8, 32],
    "networks": 3,
    "seed": 5,
}


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return load_digits()


@pytest.fixture(scope="module")
def replayed(digits: Dataset) -> dict[str, np.ndarray]:
    return filled(training_replay, digits, TrainingReplay(**SMALL))


def of_pair(digits: Dataset, data: dict[str, np.ndarray], pair: int, norm: float):
    points, labels = held_out_first(digits.images[data["pairs"][pair]][None], 4)
    return norm * points[0], labels[0]


# What is measured


def test_epochs_are_two_in_each_doubling_with_both_ends() -> None:
    assert training_replay.measured_epochs(9).tolist() == [0, 1, 2, 3, 4, 6, 8, 9]
    assert training_replay.measured_epochs(1).tolist() == [0, 1]
    epochs = training_replay.measured_epochs(8192)
    assert epochs[0] == 0 and epochs[-1] == 8192 and len(epochs) == 27


@pytest.mark.slow
def test_pairs_go_from_the_easiest_to_the_hardest(digits, replayed) -> None:
    drawn = sample_pairs(digits.labels, 6, seed=5)
    errors = []
    for points, labels in zip(
        *(a[::2] for a in held_out_first(digits.images[drawn], 4)), strict=True
    ):
        gram = np.asarray(MLPKernel()(points))
        ridge = 1e-10 * np.trace(gram)
        errors.append(1 - labels[0] * regression.held_out_prediction(gram, labels, 0, ridge=ridge))
    rank = np.argsort(errors)
    np.testing.assert_array_equal(replayed["pairs"], drawn[rank[[0, 2, 5]]])
    np.testing.assert_array_equal(replayed["classes"], digits.labels[replayed["pairs"]])
    np.testing.assert_allclose(
        1 - replayed["exact_margin"][0], np.sort(errors)[[0, 2, 5]], rtol=1e-5
    )


@pytest.mark.slow
def test_a_network_of_the_run_is_one_trained_alone(digits, replayed) -> None:
    """On all 784 pixels the same network would be another draw; so in the same coordinates."""
    pair, width, member = 1, 32, 2
    points, labels = of_pair(digits, replayed, pair, 28)
    key = jax.random.key(5)
    for number in (*replayed["pairs"][pair], 4, width):
        key = jax.random.fold_in(key, int(number))
    of_start, of_training = jax.random.split(jax.random.split(key, 3)[member])
    coordinates = in_span(points)
    network = MLP(
        8, width, None, key=of_start, parametrization=Parametrization("ntk", dtype=jnp.float64)
    )
    place = list(replayed["epochs"]).index(6)
    outputs = [network(coordinates[0])]
    trained = train(
        network,
        coordinates[1:],
        labels[1:],
        loss=half_squared_error,
        optimizer=optax.sgd(0.2),
        epochs=6,
        key=of_training,
    )
    outputs.append(trained.model(coordinates[0]))
    found = replayed["margin"][1, pair, 1, member, [0, place]]
    np.testing.assert_allclose(found, labels[0] * np.array(outputs), atol=6e-5)
    seen = [
        np.mean(labels[1:] * jax.vmap(model)(coordinates[1:])) for model in (network, trained.model)
    ]
    assert abs(seen[1] - seen[0]) > 0.1  # it learns
    members, _ = training_replay.trained_margins(
        points, labels, width=width, keys=jax.random.split(key, 3), epochs=np.array([0, 6])
    )
    np.testing.assert_allclose(members[member], labels[0] * np.array(outputs), rtol=1e-9)


@pytest.mark.slow
def test_a_part_of_a_run_repeats_that_part(digits, replayed) -> None:
    fewer = TrainingReplay(**(SMALL | {"norms": [28], "widths": [32]}))
    alone = training_replay.compute(digits, fewer, Unit(0, 2))
    np.testing.assert_array_equal(
        alone["margin"][0].astype(np.float32), replayed["margin"][1, 2, 1]
    )


# What is predicted


@pytest.mark.slow
def test_the_mean_is_the_gradient_flow(digits, replayed) -> None:
    points, labels = of_pair(digits, replayed, 0, 28)
    kernel = np.asarray(MLPKernel()(points))
    for place, epoch in enumerate(replayed["epochs"]):
        flow = regression.gradient_flow(kernel[1:, 1:], kernel[:, 1:], labels[1:], time=0.2 * epoch)
        np.testing.assert_allclose(
            replayed["flow_margin"][1, 0, place], labels[0] * flow[0], atol=1e-12
        )
        seen = np.mean(labels[1:] * flow[1:])
        np.testing.assert_allclose(replayed["flow_seen_margin"][1, 0, place], seen, atol=1e-12)


def test_before_training_the_prediction_is_the_start_and_at_its_end_the_theorem(digits) -> None:
    """The theorem on one network on orbits: at four rotations the action is exact."""
    pairs = digits.images[sample_pairs(digits.labels, 4, seed=2)]
    for points, labels in zip(*held_out_first(pairs, 4), strict=True):
        x = 28 * points
        ntk, nngp = (np.asarray(MLPKernel(1, kind=kind)(x)) for kind in ("ntk", "nngp"))
        found = training_replay.predicted(x, labels, np.array([0, 10**7]))
        group = cyclic_group(4)
        variance = error_variance(ntk, nngp, group, ridge=0.0)[0]
        np.testing.assert_allclose(
            found["flow_deviation"], [np.sqrt(nngp[0, 0]), np.sqrt(variance)], rtol=1e-6
        )
        error = spectral_error(ntk, group, ridge=0.0)[0]
        np.testing.assert_allclose(found["flow_margin"], [0, 1 - error], atol=1e-6)
        np.testing.assert_allclose(found["flow_seen_margin"], [0, 1], atol=1e-6)


def in_steps(points: np.ndarray, labels: np.ndarray, epochs: np.ndarray) -> np.ndarray:
    """The predicted deviation over starts for steps of finite size: K⁻¹(I - (I - ηK/n)ᵏ)."""
    ntk, nngp = (np.asarray(MLPKernel(1, kind=kind)(points)) for kind in ("ntk", "nngp"))
    values, vectors = np.linalg.eigh(ntk[1:, 1:])
    gain = (1 - (1 - 0.2 * values / len(values)) ** epochs[:, None]) / values
    weights = (ntk[0, 1:] @ vectors) * gain @ vectors.T
    rest = np.concatenate([np.ones((len(epochs), 1)), -weights], axis=1)
    return np.sqrt(np.einsum("ti,ij,tj->t", rest, nngp, rest))


@pytest.mark.slow
def test_many_wide_networks_are_distributed_as_predicted_at_every_time(digits) -> None:
    """And networks of four units are not. Finite steps scatter less than the flow at first."""
    pair = digits.images[sample_pairs(digits.labels, 1, seed=2)]
    points, labels = (array[0] for array in held_out_first(pair, 4))
    points, epochs, many = 28 * points, np.array([0, 2, 30, 120]), 256
    found = training_replay.predicted(points, labels, epochs)
    steps = in_steps(points, labels, epochs)
    off = {}
    for width in (4, 512):
        keys = jax.random.split(jax.random.key(width), many)
        margins, seen = training_replay.trained_margins(
            points, labels, width=width, keys=keys, epochs=epochs
        )
        shift = np.sqrt(many) * np.abs(margins.mean(axis=0) - found["flow_margin"]) / steps
        scatter = np.sqrt(2 * many) * np.abs(margins.std(axis=0, ddof=1) / steps - 1)
        off[width] = max(shift.max(), scatter.max())
        if width == 512:
            np.testing.assert_allclose(seen.mean(axis=0), found["flow_seen_margin"], atol=0.2)
    assert off[512] < 3.5 and off[4] > 5
    flow = found["flow_deviation"] / steps - 1
    assert 0.1 < flow[1] < 0.2 and np.abs(flow[2:]).max() < 0.01


# What is summed up


@pytest.mark.slow
def test_the_summary_of_a_run(replayed) -> None:
    found = training_replay.summary(replayed)
    margins = replayed["margin"].astype(float)
    assert found["error"].shape == (2, 3, 2, 8) == found["gap"].shape
    mean, half = t_interval(margins[1, 2, :, :, 4])
    np.testing.assert_allclose(found["error"][1, 2, :, 4], 1 - mean)
    np.testing.assert_allclose(found["error_half"][1, 2, :, 4], half)
    np.testing.assert_allclose(found["right"][1, 2, 0, 4], np.mean(margins[1, 2, 0, :, 4] > 0))
    np.testing.assert_allclose(found["flow_error"], 1 - replayed["flow_margin"])


def test_the_summary_of_networks_that_are_what_theory_says(rng) -> None:
    deviation = np.full((1, 1, 4), 0.5)
    flow = np.linspace(0, 1, 4)[None, None]
    noise = rng.normal(size=(1, 1, 2, 400, 4))
    data = {"margin": flow[:, :, None, None] + 0.5 * noise, "flow_margin": flow}
    found = training_replay.summary(data | {"flow_deviation": deviation})
    assert found["gap"].max() < 4
    np.testing.assert_allclose(found["deviation"], 0.5, rtol=0.15)
    off = training_replay.summary(data | {"flow_margin": flow + 0.3, "flow_deviation": deviation})
    assert off["gap"].min() > 8


def test_more_pairs_than_are_ranked_are_refused(digits) -> None:
    with pytest.raises(ValueError, match="Expected at most as many pairs as are ranked, 6. Got 7"):
        training_replay.plan(digits, TrainingReplay(**(SMALL | {"pairs": 7})))


def test_double_precision_is_required(digits, without_x64) -> None:
    with pytest.raises(ValueError, match="Expected 64-bit floats"):
        training_replay.plan(digits, TrainingReplay(**SMALL))
