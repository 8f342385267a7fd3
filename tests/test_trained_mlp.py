"""Trained networks against the theory: the experiments and what they rest on."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from filled_plan import filled
from lanes import slow

from symtheory import datasets, regression
from symtheory.datasets import Dataset, sample_pairs
from symtheory.empirical import from_equinox
from symtheory.experiments.shared import rotated_pairs
from symtheory.experiments.shared.agreement import agreement
from symtheory.experiments.shared.rotated_pairs import held_out_first
from symtheory.experiments.trained_mlp import run as trained_mlp
from symtheory.experiments.trained_mlp.run import StandardKernel
from symtheory.experiments.trained_mlp.settings import TrainedMLP
from symtheory.experiments.width_sweep import run as width_sweep
from symtheory.experiments.width_sweep.settings import WidthSweep
from symtheory.networks import MLP, Parametrization, squared_error, train
from symtheory.networks.tangent import tangent_kernel
from symtheory.ntk import MLPKernel

TRAINED = {
    "pairs": 2,
    "pairs_beyond_16": 2,
    "orders": [2],
    "width": 32,
    "epochs": 200,
    "descent_pairs": 1,
    "seed": 7,
}
SWEEP = {
    "pairs": 2,
    "orders": [2],
    "norms": [28],
    "epochs": [200],
    "widths": [16, 1024],
    "networks": 2,
    "seed": 7,
}


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return datasets.load_digits()


@pytest.fixture(scope="module")
def trained(digits: Dataset) -> dict[str, np.ndarray]:
    return filled(trained_mlp, digits, TrainedMLP(**TRAINED))


@pytest.fixture(scope="module")
def swept(digits: Dataset) -> dict[str, np.ndarray]:
    return filled(width_sweep, digits, WidthSweep(**SWEEP))


# Tangent kernels


@pytest.mark.parametrize("name", ["standard", "ntk"])
def test_the_tangent_kernel_is_that_of_the_jacobian(rng, name) -> None:
    x = rng.normal(size=(5, 2, 3))
    network = MLP(
        6,
        9,
        7,
        None,
        key=jax.random.key(0),
        parametrization=Parametrization(name, dtype=jnp.float64),
    )
    kernel = from_equinox(network)
    ours = eqx.filter_jit(tangent_kernel)(network, x)
    np.testing.assert_allclose(ours, jax.jit(lambda x: kernel(x))(x), rtol=1e-10)


@pytest.mark.slow
def test_the_standard_kernel_is_the_mean_tangent_kernel_of_gaussian_draws(rng) -> None:
    x, _ = np.linalg.qr(rng.normal(size=(300, 4)))
    x = np.stack([x[:, 0], x[:, 1], 0.9 * x[:, 0] + 0.1 * x[:, 2], 0.2 * x[:, 3]])

    def draw(key):
        """A network with weights and biases of the variance of the uniform ones."""
        network = MLP(300, 50, None, key=key, parametrization=Parametrization(dtype=jnp.float64))
        parts = [part for layer in network.layers for part in (layer.weight, layer.bias)]
        normal = [
            jax.random.normal(k, part.shape, part.dtype) / np.sqrt(3 * fan_in)
            for k, part, fan_in in zip(
                jax.random.split(key, 4), parts, (300, 300, 50, 50), strict=True
            )
        ]
        network = eqx.tree_at(
            lambda m: [part for layer in m.layers for part in (layer.weight, layer.bias)],
            network,
            normal,
        )
        return tangent_kernel(network, x)

    draws = np.asarray(jax.lax.map(draw, jax.random.split(jax.random.key(0), 2000)))
    error = draws.std(axis=0, ddof=1) / np.sqrt(len(draws))
    expected = np.asarray(StandardKernel(50)(x))
    assert (np.abs(draws.mean(axis=0) - expected) < 4 * error).all()
    assert (error < 2e-3 * expected).all()
    np.testing.assert_allclose(StandardKernel(50)(x, x[:2]), expected[:, :2], rtol=1e-12)


@pytest.mark.parametrize("cosine,low,high", [(0.0, 0.03, 0.05), slow((-0.3, 0.045, 0.07))])
def test_for_uniform_draws_the_standard_kernel_is_a_few_percent_off(rng, cosine, low, high) -> None:
    """Its κ₀, how often two images switch on one unit: the bias is one uniform number."""
    units, pixels = 200_000, 100
    x, _ = np.linalg.qr(rng.normal(size=(pixels, 2)))
    x = x @ np.array([[1.0, cosine], [0.0, np.sqrt(1 - cosine**2)]])
    expected = (np.pi - np.arccos((1 + cosine) / 2)) / (2 * np.pi)
    error = np.sqrt(expected * (1 - expected) / units) / expected
    uniform = rng.uniform(-1, 1, size=(units, pixels + 1))
    gaussian = rng.normal(size=(units, pixels + 1))
    off = {}
    for name, draws in (("uniform", uniform), ("gaussian", gaussian)):
        active = draws[:, :-1] @ x + draws[:, -1:] > 0
        off[name] = active.all(axis=1).mean() / expected - 1
    assert abs(off["gaussian"]) < 4 * error < 0.02
    assert low < off["uniform"] < high


# trained-mlp


def test_each_image_is_held_out_with_its_own_label(digits) -> None:
    images = digits.images[sample_pairs(digits.labels, 2, seed=3)]
    points, labels = held_out_first(images, 4)
    assert points.shape == (4, 8, 784)
    np.testing.assert_allclose(points.sum(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(points, axis=-1), 1, rtol=1e-12)
    assert labels[:, 0].tolist() == [1, -1, 1, -1]
    assert np.array_equal(points[0, 0], points[1, 4])  # A0 is held out, and then A0 is seen
    kernel = np.asarray(MLPKernel()(points[1]))
    ridge = 1e-10 * np.trace(kernel)
    prediction = regression.held_out_prediction(kernel, labels[1], 0, ridge=ridge)
    expected = rotated_pairs.measure(images, 4)["exact_error"][0, 1]
    np.testing.assert_allclose(1 - labels[1, 0] * prediction, expected, rtol=1e-6)


@pytest.mark.slow
def test_a_network_of_the_run_is_one_trained_alone(digits, trained) -> None:
    """The second pair, B0 held out: from the seed, the order and the pair alone."""
    images = digits.images[sample_pairs(digits.labels, 2, seed=7)]
    points, labels = (array[3] for array in held_out_first(images, 2))
    key = jax.random.fold_in(jax.random.fold_in(jax.random.key(7), 2), 1)
    of_start, of_training = jax.random.split(jax.random.split(key)[1])
    result = train(
        MLP(784, 32, None, key=of_start),
        points[1:],
        labels[1:],
        loss=squared_error,
        optimizer=optax.adam(1e-3),
        epochs=200,
        key=of_training,
    )
    margin = labels[0] * float(result.model(points[0]))
    np.testing.assert_allclose(trained["trained_margin"][0, 1, 1], margin, atol=1e-3)
    assert trained["trained_margin"].dtype == np.float32


@pytest.mark.slow
def test_a_run_holds_what_it_says(digits, trained) -> None:
    assert (trained["trained_loss"] < 0.05).all()
    assert np.isfinite(trained["descent_margin"][0, 0]).all()
    assert np.isnan(trained["descent_margin"][0, 1]).all()
    assert ((trained["alignment"] > 0) & (trained["alignment"] < 1)).all()
    images = digits.images[trained["pairs"]]
    for prefix, kernel in (("", MLPKernel()), ("own_", StandardKernel(32))):
        expected = rotated_pairs.measure(images, 2, kernel=kernel)
        for name in ("spectral_error", "circulant_error"):
            np.testing.assert_allclose(trained[prefix + name][0], expected[name], rtol=1e-6)
    # What the network's own kernel says at the end is nearer to it than what it said at the start.
    gaps = [trained[f"{when}_margin"] - trained["trained_margin"] for when in ("start", "final")]
    assert np.abs(gaps[1]).mean() < np.abs(gaps[0]).mean()


def test_the_summary_of_networks_that_follow_the_theory_exactly() -> None:
    generator = np.random.default_rng(0)
    error = generator.uniform(0.2, 1.6, size=(2, 40, 2))
    flat = np.full((2, 40), 1.0)
    data = {
        "trained_margin": 1 - 1.5 * error,
        "alignment": np.full((2, 40, 2), 0.5),
        **{f"{name}_error": error for name in ("exact", "spectral", "own", "own_spectral")},
        **{
            f"{name}_error": flat + 0.1 * generator.normal(size=(2, 40))
            for name in ("circulant", "own_circulant")
        },
        **{f"{name}_margin": 1 - error for name in ("start", "final")},
        "descent_margin": np.full((2, 40, 2), np.nan),
    }
    result = trained_mlp.summary(data)
    np.testing.assert_allclose(result["exact_slope"], 1.5)
    np.testing.assert_allclose(result["exact_correlation_interval"], 1)
    np.testing.assert_allclose(result["start_bias"], 0.5 * error.mean(axis=(1, 2)))
    np.testing.assert_allclose(result["trained_correct"], (1.5 * error < 1).mean(axis=(1, 2)))
    low, high = np.moveaxis(result["trained_correct_interval"], -1, 0)
    # Half as wide as 1.96 standard errors of a fraction, roughly: 80 images in 40 pairs.
    assert ((low < result["trained_correct"]) & (result["trained_correct"] < high)).all()
    assert (np.abs(high - low - 2 * 1.96 * np.sqrt(0.24 / 80)) < 0.08).all()
    assert np.abs(result["circulant_correlation"]).max() < 0.4
    assert not any(name.startswith("descent") for name in result)


def test_what_always_succeeds_need_not_do_so_for_certain(rng: np.random.Generator) -> None:
    errors = rng.uniform(0.1, 0.9, size=(32, 2))
    found = agreement(errors, {"wrong": 1 + errors, "constant": np.full_like(errors, 0.5)})
    z = 1.959964  # Wilson's ends where all of n trials succeed: n/(n + z²) and 1
    np.testing.assert_allclose(found["trained_correct"], [1, 32 / (32 + z**2), 1], rtol=1e-6)
    np.testing.assert_allclose(found["wrong_correct"], [0, 0, z**2 / (32 + z**2)], atol=1e-6)
    assert np.isnan(found["constant_correlation"]).all()  # and no warning


# The formula says the same of both images of a pair, which correlates with nothing.
OF_BOTH_IMAGES = ("circulant_correlation", "circulant_slope")


def test_beyond_16_rotations_fewer_pairs_are_trained_and_counted(digits) -> None:
    settings = TrainedMLP(**(TRAINED | {"pairs": 28, "pairs_beyond_16": 12, "orders": [32, 16]}))
    trained = trained_mlp.plan(digits, settings)
    asked = [(settings.orders[unit.order], unit.pairs) for unit in trained.units]
    assert asked == [
        *((16, slice(start, min(start + 8, 28))) for start in range(0, 28, 8)),
        *((32, slice(start, min(start + 8, 12))) for start in range(0, 12, 8)),
    ]
    fewer = trained_mlp.plan(digits, TrainedMLP(**(TRAINED | {"pairs": 2, "orders": [32]})))
    assert [unit.pairs for unit in fewer.units] == [slice(0, 2)]

    generator = np.random.default_rng(1)
    data = {
        name: np.float32(generator.uniform(0.2, 1.6, size=array.shape))
        for name, array in trained.arrays.items()
    }
    alone = trained_mlp.summary({name: array[:1, :12] for name, array in data.items()})
    for array in data.values():
        array[0, 12:] = np.nan
    both = trained_mlp.summary(data)
    # Of one pair numbers are known, and no interval.
    one = trained_mlp.summary({name: array[1:, :1] for name, array in data.items()})
    assert one.keys() == both.keys()
    for name, value in one.items():
        unknown = name.endswith("_interval") or name.removeprefix("own_") in OF_BOTH_IMAGES
        assert np.isnan(value).all() == unknown, name
    for name, value in alone.items():
        np.testing.assert_array_equal(both[name][0], value[0], err_msg=name)
    assert all(np.isfinite(value).all() for value in both.values())


def test_bad_settings_of_trained_networks_are_refused(digits) -> None:
    for change in ({"width": 0}, {"epochs": 0}, {"descent_pairs": -1}):
        (name,) = change
        with pytest.raises(ValueError, match=f"Expected {name}: a whole number from"):
            trained_mlp.plan(digits, TrainedMLP(**(TRAINED | change)))
    with pytest.raises(ValueError, match="Expected orders: different"):
        trained_mlp.plan(digits, TrainedMLP(**(TRAINED | {"orders": [2, 2]})))


def test_double_precision_is_required(digits, without_x64) -> None:
    for experiment, settings in (
        (trained_mlp, TrainedMLP(**TRAINED)),
        (width_sweep, WidthSweep(**SWEEP)),
    ):
        with pytest.raises(ValueError, match="Expected 64-bit floats"):
            experiment.plan(digits, settings)


# width-sweep


@pytest.mark.slow
def test_wide_networks_follow_the_flow_and_narrow_ones_less(swept) -> None:
    result = width_sweep.summary(swept)
    narrow, wide = result["distance"][0, 0]
    # 1/√width, by a factor that is of order one at images of this size.
    assert wide < 3 / np.sqrt(1024)
    assert wide < 0.5 * narrow
    assert -0.9 < result["rate"][0, 0] < -0.2
    assert result["remaining"][0, 0] < 0.01
    np.testing.assert_allclose(
        swept["flow_margin"][..., -1], swept["exact_margin"], atol=result["remaining"].max()
    )
    assert (swept["loss"] < 1e-3).all()
    assert swept["times"].tolist() == [[25, 50, 75, 100]]


@pytest.mark.slow
def test_the_flow_is_that_of_the_closed_form_on_all_pixels(digits, swept) -> None:
    images = digits.images[sample_pairs(digits.labels, 2, seed=7)]
    points, labels = (array[2] for array in held_out_first(images, 2))
    kernel = MLPKernel()(28 * points)
    flow = regression.gradient_flow(kernel[1:, 1:], kernel[:1, 1:], labels[1:], time=50.0)
    np.testing.assert_allclose(swept["flow_margin"][0, 0, 1, 1], labels[0] * flow[0], rtol=1e-9)


def test_bad_settings_of_the_sweep_are_refused(digits) -> None:
    for change, message in (
        ({"widths": []}, "Expected widths: different whole numbers from 1"),
        ({"widths": [4, 4]}, "Expected widths: different whole numbers from 1"),
        ({"networks": 0}, "Expected networks: a whole number from 1"),
        ({"epochs": [402]}, "a number of epochs that 4 divides"),
        ({"norms": [1, 28]}, "Expected for each of the norms a number"),
        ({"orders": []}, "Expected orders: different"),
        ({"norms": [0]}, "Expected norms: different numbers above 0"),
    ):
        with pytest.raises(ValueError, match=message):
            width_sweep.plan(digits, WidthSweep(**(SWEEP | change)))
