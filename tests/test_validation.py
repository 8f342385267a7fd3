"""Forecasts beside trained networks: what is computed, and what is counted."""

from __future__ import annotations

from importlib.util import find_spec

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_plan import filled
from lanes import slow

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import load_digits
from symtheory.diagnosis.calibration import (
    RECORD,
    Calibration,
    calibration,
    cases,
)
from symtheory.empirical import as_kernel, from_equinox
from symtheory.experiments.diagnosis import run as diagnosis
from symtheory.experiments.diagnosis.networks import draw_model, network
from symtheory.experiments.diagnosis.run import Unit
from symtheory.experiments.diagnosis.settings import DIAGNOSIS
from symtheory.experiments.shared.modules import in_double
from symtheory.networks import MLP
from symtheory.networks.tangent import tangent_kernel
from symtheory.records import Record, load, published
from symtheory.regression import held_out_prediction
from symtheory.spectral.invariance import DEFECT_TOLERANCE

SMALL = {"orders": (2,), "other_orders": (2,), "seeds": 2, "steps": 20}


@pytest.fixture(scope="module")
def small() -> dict[str, np.ndarray]:
    return filled(diagnosis, load_digits(), DIAGNOSIS.at_scale("live", **SMALL))


@pytest.mark.slow
def test_the_forecast_is_regression_without_the_pose(small) -> None:
    """Refitted for each class, with a Gram matrix from Jacobians."""
    dataset = load_digits()
    images = dataset.images[small["images"].ravel()]
    poses = np.asarray(orbit(images, rotation_action(2, (28, 28)))).reshape(-1, 784)
    items = 28 * (poses / np.linalg.norm(poses, axis=1, keepdims=True)).astype(np.float32)
    key = jax.random.fold_in(jax.random.fold_in(jax.random.key(124), 0), 0)
    start = MLP(784, 128, 10, key=key)
    double = jax.tree.map(lambda x: x.astype(float) if eqx.is_inexact_array(x) else x, start)
    gram = np.asarray(from_equinox(double)(items.astype(float)))
    labels = np.repeat(np.arange(10), 4)
    for digit in range(10):
        held_out = np.flatnonzero((labels == digit) & (np.arange(40) % 2 == 0))
        columns = np.where(labels[:, None] == np.arange(10), 1.0, -1.0)
        said = held_out_prediction(gram, columns, held_out, ridge=1e-10 * np.trace(gram))
        share = np.mean(np.asarray(said).argmax(axis=1) == digit)
        assert small["own_regression"][0, 0, 0, digit] == pytest.approx(share)


@pytest.mark.slow
def test_what_is_trained_has_seen_all_but_the_pose(small, monkeypatch) -> None:
    seen = []

    class Spy:
        def __init__(self, one):
            self.tangent_gram = one.tangent_gram

        def shares_right(self, images, asked, **_):
            seen.append((images, asked))
            return 1.0, 0.0

    real = diagnosis.network
    monkeypatch.setattr(diagnosis, "network", lambda *each: Spy(real(*each)))
    found = diagnosis.compute(load_digits(), DIAGNOSIS.at_scale("live", **SMALL), Unit(0, 0, 0))
    np.testing.assert_array_equal(found["trained"], np.zeros(10))
    for digit, (images, asked) in enumerate(seen):
        assert (asked.labels == digit).all() and len(asked.labels) == 2
        assert len(images.labels) == 40 - 2
        gaps = np.abs(images.images[:, None] - asked.images[None]).max(axis=(2, 3))
        assert gaps.min() > 0.1
        np.testing.assert_allclose(np.linalg.norm(images.images, axis=(1, 2)), 28, rtol=1e-5)
    assert len(seen) == 10


@pytest.mark.parametrize("name", ["mlp", slow("cnn"), slow("vit")])
def test_networks_fit_and_have_kernels(name, rng) -> None:
    one = network(name, jax.random.key(0), (28, 28))
    items = rng.normal(size=(6, 28, 28)).astype(np.float32)
    gram = one.tangent_gram(items)
    assert gram.dtype == np.float64 and np.linalg.eigvalsh(gram)[0] > 0
    images = diagnosis.Images(items, np.arange(6, dtype=np.int32))
    others = diagnosis.Images(items, np.roll(images.labels, 1))
    assert one.shares_right(images, others, epochs=150, batch=6, seed=0) == (1.0, 0.0)


@pytest.mark.parametrize("name", ["mlp", slow("cnn"), slow("vit")])
def test_networks_are_forecast_by_the_kernel_of_all_their_outputs(name, rng) -> None:
    """As in anybody's diagnosis. That of one output says much less at 16 rotations."""
    key, shape = jax.random.key(0), (28, 28)
    items = rng.normal(size=(4, *shape))
    gram = network(name, key, shape).tangent_gram(items)
    np.testing.assert_allclose(
        gram, as_kernel(in_double(draw_model(name, key, shape)))(items), rtol=1e-9
    )


@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
def test_the_network_of_pytorch_fits_and_has_a_kernel(rng) -> None:
    test_networks_fit_and_have_kernels("torch", rng)


def test_the_tangent_kernel_of_several_outputs_is_their_mean(rng) -> None:
    x = rng.normal(size=(5, 6))
    network = MLP(6, 9, 7, 3, key=jax.random.key(0))
    double = jax.tree.map(lambda x: x.astype(jnp.float64), network)
    np.testing.assert_allclose(tangent_kernel(double, x), from_equinox(double)(x), rtol=1e-10)


# What is counted


def drawn(own, trained, *, defect=1.0, ill=0.0):
    """A record of one network, one N and one start, of as many classes as are given."""
    own, trained = (np.array(each, dtype=np.float32)[None, None, None] for each in (own, trained))
    data = {
        "networks": np.array(["mlp"]),
        "own_regression": own,
        "own_theory": np.zeros_like(own),
        "own_defect": np.full((1, 1, 1), defect),
        "own_ill": np.full((1, 1, 1), ill),
        "trained": trained,
    }
    return Record("diagnosis", {"seeds": 20}, data, {})


def test_verdicts_are_counted_with_what_came_of_them() -> None:
    record = drawn([1.0, 1.0, 0.0, 0.1, 0.5], [0.95, 0.6, 0.0, 0.7, 1.0])
    assert calibration(record) == Calibration(("mlp",), 2, 1, 2, 1, 1, 0)
    text = str(calibration(record))
    once = "in 1 of 2 cases (50%, 95% interval 9% to 91%)"
    assert (
        f'verdict was "generalizes", they got at least 90% of the missing poses right {once}; '
        in text
    )
    assert f'where it was "fails", at most 50% {once}; ' in text
    assert 'in 1 more the verdict was "undecided". ' in text
    assert "All verdicts were those of exact regression" in text


def test_where_the_theory_may_speak_it_does() -> None:
    spoken = calibration(drawn([1.0], [0.0], defect=0.0))
    assert spoken == Calibration(("mlp",), 0, 0, 1, 1, 0, 1)
    assert "1 of the 1 verdicts were those of the theory" in str(spoken)
    assert calibration(drawn([1.0], [0.0], ill=1.0)) == Calibration(("mlp",), 0, 0, 0, 0, 1, 0)


def test_what_the_bound_would_say_is_not_guessed() -> None:
    """A record holds no bound: a verdict that would depend on it is not counted as one."""
    assert calibration(drawn([1.0], [0.0], defect=0.01)) == Calibration(("mlp",), 0, 0, 0, 0, 1, 0)


@pytest.mark.parametrize("kernel", ["own", "closed"])
def test_no_verdict_of_the_record_depends_on_the_bound(kernel) -> None:
    """The theory speaks there of matrices that are invariant to rounding, or not at all."""
    defect = load(published(RECORD)).data[f"{kernel}_defect"]
    known = defect[~np.isnan(defect)]
    assert ((known < 1e-9) | (known > DEFECT_TOLERANCE)).all() and len(known) > 3


def test_correlations_are_those_of_numpy(rng) -> None:
    own, trained = rng.uniform(size=(2, 1, 3, 2, 10))
    data = {
        f"{kernel}_{name}": own if name != "defect" else np.ones((1, 3, 2))
        for kernel in ("own", "closed")
        for name in ("theory", "regression", "defect")
    } | {"own_ill": np.zeros((1, 3, 2)), "closed_ill": np.zeros((1, 3, 2)), "trained": trained}
    found = diagnosis.summary(data, 20)
    one, other = own[0].mean(axis=1), trained[0].mean(axis=1)
    expected = np.corrcoef(one.ravel(), other.ravel())[0, 1]
    assert found["own_correlation"][0] == pytest.approx(expected)
    low, high = found["own_interval"][0]
    assert low < expected < high
    shifted = [(each - each.mean(axis=1, keepdims=True)).ravel() for each in (one, other)]
    assert found["own_within"][0] == pytest.approx(np.corrcoef(*shifted)[0, 1])
    assert found["own_error"][0] == pytest.approx(np.abs(one - other).mean())
    assert cases(data, 20).predicted.shape == (1, 3, 10)


@pytest.mark.slow
def test_no_forecast_has_no_correlation(small) -> None:
    only_own = {
        name: np.full_like(value, np.nan) for name, value in small.items() if "closed" in name
    }
    found = diagnosis.summary(small | only_own, 2)
    assert np.isnan(found["closed_correlation"]).all() and np.isnan(found["closed_interval"]).all()


@pytest.mark.skipif(find_spec("torch") is not None, reason="PyTorch is installed")
def test_a_library_that_is_missing_is_known_before_any_work() -> None:
    with pytest.raises(ValueError, match="Expected PyTorch .* Got none. Try"):
        diagnosis.plan(load_digits(), DIAGNOSIS.at_scale("live", networks=("mlp", "torch")))


def test_other_networks_may_have_fewer_orders() -> None:
    settings = DIAGNOSIS.at_scale("live", networks=("mlp", "cnn"), orders=(2, 4), other_orders=(2,))
    plan = diagnosis.plan(load_digits(), settings)
    assert sorted(plan.units) == [(0, 0, 0), (0, 1, 0), (1, 0, 0)]
    with pytest.raises(ValueError, match="Expected other_orders among 2. Got 4. Try"):
        diagnosis.plan(load_digits(), DIAGNOSIS.at_scale("live", orders=(2,), other_orders=(4,)))
