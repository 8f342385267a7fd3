"""Networks beside their linearizations: what is trained, what is predicted, what is summed up."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from filled_plan import filled
from lanes import slow

from symtheory import regression
from symtheory.datasets import Dataset, load, load_digits
from symtheory.experiments.linearization import run as linearization
from symtheory.experiments.linearization.run import Arm, Unit
from symtheory.experiments.linearization.settings import Linearization
from symtheory.experiments.shared.statistics import mean_square_interval
from symtheory.ntk import MLPKernel

SMALL = {"widths": [8, 32], "labels": [1.0, 0.5], "starts": 16, "steps": 20, "seed": 3}
RELU, SMOOTH = Arm(False, True, 1.0), Arm(True, True, 1.0)


@pytest.fixture(scope="module")
def points() -> Dataset:
    return load("seven-points")


@pytest.fixture(scope="module")
def compared(points) -> dict[str, np.ndarray]:
    return filled(linearization, points, Linearization(**SMALL))


def one_network(key, width: int):
    keys = jax.random.split(key, 4)
    shapes = (2, width), (width,), (width,), ()
    return [jax.random.normal(*each) for each in zip(keys, shapes, strict=True)]


def output(ramp, parameters, x):
    a, b, c, d = parameters
    return ramp(x @ a / jnp.sqrt(2) + b) @ c / jnp.sqrt(len(c)) + d


def flat_jacobian(ramp, parameters, x):
    parts = jax.jit(jax.jacobian(lambda p: output(ramp, p, x)))(parameters)
    return np.concatenate([np.asarray(part).reshape(len(x), -1) for part in parts], axis=1)


# What is trained


@pytest.mark.parametrize("ramp", [jax.nn.relu, linearization.rounded], ids=["relu", "rounded"])
def test_the_gradient_is_that_of_the_loss(ramp, rng) -> None:
    parameters = tuple(one_network(jax.random.key(1), 5))
    x, targets = rng.normal(size=(4, 2)), rng.normal(size=4)
    slope = jax.jit(jax.grad(lambda p: jnp.sum((output(ramp, p, x) - targets) ** 2) / 2))
    expected = slope(parameters)
    found = linearization.loss_gradient(ramp, parameters, jnp.asarray(x), jnp.asarray(targets))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("arm", [RELU, Arm(False, False, 1.0), slow(Arm(True, True, 0.5))])
def test_a_network_and_its_linearization_are_those_of_the_definitions(points, arm) -> None:
    """Both trained step by step: one by JAX's gradients, one as a linear model."""
    ramp = linearization.rounded if arm.smooth else jax.nn.relu
    x, y = points.images[:, 0], points.labels
    radians = np.deg2rad(linearization.ANGLES)
    around = np.stack([np.cos(radians), np.sin(radians)], axis=-1)
    key = jax.random.key(4)
    found = linearization.compare(
        x, y.astype(float), arm=arm, width=30, keys=jnp.stack([key]), steps=25
    )
    start = one_network(key, 30)
    at_x, at_all = (np.asarray(output(ramp, start, where)) for where in (x, around))
    base_x, base_all = (at_x, at_all) if arm.centered else (0 * at_x, 0 * at_all)
    targets = arm.labels * y + base_x
    of_x, of_all = (flat_jacobian(ramp, start, where) for where in (x, around))
    kernel = of_x @ of_x.T
    rate = 1 / np.linalg.eigvalsh(kernel)[-1]
    network, change = start, np.zeros(of_x.shape[1])
    slope = jax.jit(jax.grad(lambda p: jnp.sum((output(ramp, p, x) - targets) ** 2) / 2))
    for _ in range(25):
        network = [p - rate * s for p, s in zip(network, slope(network), strict=True)]
        change -= rate * of_x.T @ (at_x + of_x @ change - targets)
    trained = (output(ramp, network, around) - base_all) / arm.labels
    linear = (at_all + of_all @ change - base_all) / arm.labels
    np.testing.assert_allclose(found["trained"][0], trained, rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(found["linearized"][0], linear, rtol=1e-9, atol=1e-10)
    assert np.abs(trained - linear).max() > 3e-3
    last = flat_jacobian(ramp, network, x)
    grown = np.trace(last @ last.T) / np.trace(kernel) - 1
    np.testing.assert_allclose(found["kernel_change"], [grown], rtol=1e-9)
    signs = [np.asarray(x @ p[0] / np.sqrt(2) + p[1]) > 0 for p in (start, network)]
    np.testing.assert_allclose(found["flips"], [np.mean(signs[0] != signs[1])])
    left = np.abs(output(ramp, network, x) - targets).max() / arm.labels
    np.testing.assert_allclose(found["residual"], [left], rtol=1e-9)


@pytest.mark.slow
def test_a_run_holds_what_it_says(points, compared) -> None:
    settings = Linearization(**SMALL)
    assert [tuple(arm) for arm in linearization.arms(settings)] == [
        (False, False, 1.0),
        (False, True, 1.0),
        (False, True, 0.5),
        (True, True, 1.0),
    ]
    assert compared["networks"].tolist() == [32, 16]
    keys = jax.random.split(jax.random.fold_in(jax.random.key(3), 8), 32)
    x, y = points.images[:, 0], points.labels.astype(float)
    half = linearization.compare(x, y, arm=Arm(False, True, 0.5), width=8, keys=keys[6:8], steps=20)
    np.testing.assert_allclose(compared["trained"][2, 0, 3], half["trained"].mean(axis=0))
    apart = half["trained"] - half["linearized"]
    np.testing.assert_allclose(compared["scatter"][2, 0, 3], np.sqrt(np.mean(apart**2)))
    np.testing.assert_allclose(compared["residual"][2, 0, 3], half["residual"].max())
    again = linearization.compute(points, settings, Unit(2, 0))
    np.testing.assert_array_equal(again["trained"], compared["trained"][2, 0])


def test_the_theory_is_the_infinitely_wide_network_after_as_many_steps(points, compared) -> None:
    x, y = points.images[:, 0], points.labels
    radians = np.deg2rad(compared["angles"])
    around = np.stack([np.cos(radians), np.sin(radians)], axis=-1)
    kernel = MLPKernel()
    among, cross = np.asarray(kernel(x)), np.asarray(kernel(around, x))
    weights, rate = np.zeros(7), 1 / np.linalg.eigvalsh(among)[-1]
    for _ in range(20):
        weights += rate * (y - among @ weights)
    np.testing.assert_allclose(compared["theory"], cross @ weights, rtol=1e-10)
    longer = linearization.plan(points, Linearization(**(SMALL | {"steps": 10**5})))
    exact = regression.predict(among, cross, y, ridge=0.0)
    np.testing.assert_allclose(longer.constants["theory"], exact, atol=1e-9)


# What is summed up


@pytest.mark.slow
def test_small_labels_leave_less_of_a_gap(points) -> None:
    """The control: where training can hardly move the kernel, the network is its linearization."""
    keys = jax.random.split(jax.random.key(0), 4)
    x, y = points.images[:, 0], points.labels.astype(float)
    gap = {}
    for size in (1.0, 1e-6):
        arm = Arm(True, True, size)
        found = linearization.compare(x, y, arm=arm, width=64, keys=keys, steps=200)
        gap[size] = np.abs(found["trained"] - found["linearized"]).max()
    assert gap[1.0] > 0.02 and gap[1e-6] < 1e-5


def test_the_summary_of_a_gap_that_is_known(rng) -> None:
    theory = rng.normal(size=60)
    shape = (2, 1, 16, 60)
    noise = [0.4 * rng.normal(size=shape) for _ in range(2)]
    data = {
        "trained": theory + 0.3 + noise[0],
        "linearized": theory + noise[1],
        "theory": theory,
        "smooth": np.array([False, True]),
        "scatter": np.full(shape[:3], 0.2),
        "kernel_change": np.full(shape[:3], 0.1),
        "flips": np.full(shape[:3], 0.01),
        "residual": np.arange(32.0).reshape(shape[:3]),
    }
    found = linearization.summary(data)
    assert (np.abs(found["moved"] - 0.09) < 2 * found["moved_half"]).all()
    assert (found["moved_half"] < 0.05).all()
    assert abs(found["trained"][0, 0] - 0.09) < 2 * found["trained_half"][0, 0]
    assert abs(found["linearized"][0, 0]) < 2 * found["linearized_half"][0, 0]
    assert np.isnan(found["trained"][1]) and np.isnan(found["linearized"][1])
    np.testing.assert_allclose(found["scatter"], 0.2)
    np.testing.assert_array_equal(found["residual"], [[15], [31]])


def test_the_interval_of_a_mean_square_covers_it(rng) -> None:
    """Of 400 sets of 16 noisy curves; and noise alone counts for nothing, on average."""
    curve = np.sin(np.linspace(0, 6, 30))
    values = curve + 2 * rng.normal(size=(400, 16, 30))
    found, half = mean_square_interval(values)
    assert 0.9 < np.mean(np.abs(found - np.mean(curve**2)) < half) < 0.99
    nothing, half = mean_square_interval(values - curve)
    assert abs(nothing.mean()) < 4 * nothing.std() / 20
    assert np.mean(np.abs(nothing) < half) > 0.9
    plain = np.square(values[0].mean(axis=0)).mean()
    assert abs(plain - found[0] - 4 / 16) < 0.15
    with pytest.raises(ValueError, match="Expected at least three curves"):
        mean_square_interval(values[0, :2])


# What is refused


def test_bad_settings_and_other_data_are_refused(points) -> None:
    with pytest.raises(ValueError, match=r"Expected a number of starts that 16 divides. Got 20"):
        linearization.plan(points, Linearization(**(SMALL | {"starts": 20})))
    with pytest.raises(ValueError, match="Expected points of the plane with labels"):
        linearization.plan(load_digits(), Linearization(**SMALL))


@pytest.mark.slow
def test_double_precision_is_required(points, without_x64) -> None:
    with pytest.raises(ValueError, match="Expected 64-bit floats"):
        linearization.plan(points, Linearization(**SMALL))
