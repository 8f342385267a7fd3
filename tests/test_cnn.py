"""The convolutional kernel against neural-tangents, finite networks, and the laws it obeys."""

import itertools
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import slow

from symtheory.actions import orbit, product_action, rotation_action, translation_action
from symtheory.kernels import gram
from symtheory.neural_tangents import from_stax, import_neural_tangents
from symtheory.ntk import CNNKernel, MLPKernel
from symtheory.ntk.relu import sine_and_angle
from symtheory.regression import relative_ridge
from symtheory.spectral import spectral_error

# All depths, filters and readouts as in the paper, and small filters with the rest besides.
SETTINGS = [
    (depth, (side, side), pooling, padding, bias)
    for depth, side, pooling, (padding, bias) in itertools.product(
        (1, 2, 3), (3, 5), ("none", "global"), (("circular", 0.0), ("zero", 0.4))
    )
    if side == 3 or padding == "circular"
]


def with_stax(kernel: CNNKernel):
    """The ``kernel_fn`` of neural-tangents."""
    try:
        stax = import_neural_tangents().stax
    except ImportError as error:
        pytest.skip(str(error))
    stds = (kernel.weight_std, kernel.bias_std or None)
    padding = {"circular": "CIRCULAR", "zero": "SAME"}[kernel.padding]
    hidden = [
        stax.Conv(1, kernel.filter_shape, None, padding, *stds),
        stax.Relu(),
    ] * kernel.depth
    pooling = stax.Flatten() if kernel.pooling == "none" else stax.GlobalAvgPool()
    return stax.serial(*hidden, pooling, stax.Dense(1, *stds))[2]


@pytest.mark.parametrize(
    "depth,filter_shape,pooling,padding,bias",
    [setting if setting[0] == 1 else slow(setting) for setting in SETTINGS],
)
def test_equals_neural_tangents(depth, filter_shape, pooling, padding, bias, rng):
    kernel = CNNKernel(depth, filter_shape, pooling, padding, 1.3, bias)
    x, y = rng.normal(size=(3, 6, 5)), rng.normal(size=(2, 6, 5))
    kernel_fn = with_stax(kernel)
    # One program compiles faster than its hundred operations, each by itself.
    both = jax.jit(lambda x, y: kernel_fn(x, y, ("ntk", "nngp"))._asdict())
    for kind, expected in both(x[..., None], y[..., None]).items():
        np.testing.assert_allclose(replace(kernel, kind=kind)(x, y), expected, rtol=1e-10)


@pytest.mark.parametrize("pooling", ["none", "global"])
def test_channels_and_the_diagonal_are_those_of_neural_tangents(pooling, rng):
    kernel = CNNKernel(2, (3, 1), pooling, bias_std=0.2)
    x = rng.normal(size=(4, 5, 6, 3))
    expected = jax.jit(from_stax(with_stax(kernel)))(x)
    np.testing.assert_allclose(kernel(x), expected, rtol=1e-7)


@pytest.mark.slow
def test_is_the_covariance_of_wide_random_networks(rng):
    """Monte Carlo, one convolution with zero padding: within 4 standard errors."""
    x = rng.normal(size=(2, 4, 4))
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    filters, biases = rng.normal(size=(100_000, 9)), rng.normal(size=100_000)
    hidden = 1.3 * windows.reshape(2, 16, 9) @ filters.T / 3 + 0.4 * biases
    features = np.maximum(hidden, 0)
    for pooling, products in (
        ("none", 1.3**2 * (features[0] * features[1]).mean(axis=0)),
        ("global", 1.3**2 * features[0].mean(axis=0) * features[1].mean(axis=0)),
    ):
        kernel = CNNKernel(1, (3, 3), pooling, "zero", 1.3, 0.4, "nngp")
        error = products.std() / np.sqrt(len(products))
        assert abs(products.mean() + 0.4**2 - kernel(x)[0, 1]) < 4 * error


def test_a_filter_that_sees_one_pixel_and_an_image_of_one_pixel_make_a_dense_network(rng):
    x = rng.normal(size=(4, 1, 1, 7))
    np.testing.assert_allclose(
        CNNKernel(3, (1, 1), bias_std=0.5)(x), MLPKernel(3, bias_std=0.5)(x), rtol=1e-12
    )


traced = jax.jit(lambda kernel, x: kernel(x))


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1), st.sampled_from(["circular", "zero"]), st.sampled_from([1, 3]))
def test_merging_equal_patches_changes_nothing(seed, padding, depth):
    """Inside jit nothing is merged, because nothing is known of the values."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 2, size=(3, 5, 5)).astype(float)  # many equal patches, and blank ones
    x[2] = np.roll(x[0], 2, axis=0)
    kernel = CNNKernel(depth, pooling="global", padding=padding, bias_std=0.3)
    np.testing.assert_allclose(kernel(x), traced(kernel, x), rtol=1e-12)


@pytest.mark.parametrize("depth", [1, slow(2)])
def test_orbits_of_shifts_collapse_under_pooling(depth, rng):
    shifts = product_action(*(translation_action(4, (8, 8), axis) for axis in (0, 1)))
    orbits = orbit(rng.normal(size=(2, 8, 8)), shifts)
    pooled = np.asarray(gram(CNNKernel(depth, pooling="global"), orbits)).reshape(2, 16, 2, 16)
    np.testing.assert_allclose(pooled, np.broadcast_to(pooled[:, :1, :, :1], pooled.shape), 1e-12)
    matrix = pooled.reshape(32, 32)
    ridge = relative_ridge(matrix, 1e-10)
    error = spectral_error(matrix, shifts.group, ridge=ridge, allow_copies=True)
    assert (np.asarray(error) < 1e-6).all()
    # With a dense readout they do not.
    dense = np.asarray(gram(CNNKernel(depth), orbits)).reshape(2, 16, 2, 16)
    assert dense[0, 0, 0].std() > 0.01 * dense[0, 0, 0].mean()


@pytest.mark.parametrize("padding", ["circular", "zero"])
@pytest.mark.parametrize("pooling", ["none", "global"])
def test_quarter_turns_leave_the_kernel_as_it_is(pooling, padding, rng):
    orbits = orbit(rng.normal(size=(2, 7, 7)), rotation_action(4, (7, 7)))
    kernel = CNNKernel(2, (3, 3), pooling, padding)
    for turn in range(4):
        np.testing.assert_allclose(
            kernel(orbits[0, turn][None], orbits[1, turn][None]),
            kernel(orbits[0, :1], orbits[1, :1]),
            rtol=1e-12,
        )


def test_opposite_patches_are_told_from_nearly_opposite_ones():
    """One place, nine channels: a fully connected network, whose kernel is exact at all angles."""
    flat, tilt = np.ones(9), np.linspace(-1, 1, 9)
    for step in (0.0, 1e-3, 1e-5):
        x, y = flat, -(flat + step * tilt)
        patch = CNNKernel(1, (1, 1), "global")(x.reshape(1, 1, 1, 9), y.reshape(1, 1, 1, 9))
        expected = MLPKernel(1, bias_std=0.0)(x[None], y[None])
        np.testing.assert_allclose(patch, expected, rtol=0, atol=0 if step == 0 else 1e-10)


@pytest.mark.slow
def test_large_calls_are_taken_in_blocks(rng, monkeypatch):
    import symtheory.ntk.cnn as module

    x, y = rng.normal(size=(3, 6, 6)), rng.normal(size=(5, 6, 6))
    dense, pooled = CNNKernel(2), CNNKernel(1, pooling="global")
    expected = dense(x, y), pooled(x, y)
    monkeypatch.setattr(module, "MEMORY_GIB", 8 * 36 * module._ARRAYS * 2 / 2**30)
    monkeypatch.setattr(module, "_PAIRS_PER_STEP", 4)
    np.testing.assert_allclose(dense(x, y), expected[0], rtol=1e-14)
    with pytest.raises(ValueError, match="Expected images with so few different patches"):
        pooled(x, y)
    monkeypatch.setattr(module, "MEMORY_GIB", 1.0)
    np.testing.assert_allclose(pooled(x, y), expected[1], rtol=1e-14)


@pytest.mark.slow
def test_gradients_flow_through(rng):
    x = jnp.asarray(rng.normal(size=(2, 4, 4)))
    for pooling in ("none", "global"):
        kernel = CNNKernel(2, (3, 1), pooling, bias_std=0.2)

        def entry(step, kernel=kernel):
            return kernel(x.at[0, 1, 2].add(step))[0, 1]

        slope = jax.jit(jax.grad(entry))(0.0)
        difference = (entry(1e-5) - entry(-1e-5)) / 2e-5
        np.testing.assert_allclose(slope, difference, rtol=1e-6)


def test_angles_are_exact_at_all_sizes():
    angles = np.concatenate([np.logspace(-15, 0, 200), np.pi - np.logspace(-7, 0, 100)])
    sine, angle = sine_and_angle(jnp.asarray(2 * np.sin(angles / 2) ** 2))
    np.testing.assert_allclose(angle[:200], angles[:200], rtol=1e-14)
    np.testing.assert_allclose(angle[200:], angles[200:], atol=1e-8)  # all that 2 - v can hold
    np.testing.assert_allclose(sine[:200], np.sin(angles[:200]), rtol=1e-14)


@pytest.mark.parametrize(
    "arguments,message",
    [
        ({"depth": 0}, "≥ 1 as depth"),
        ({"filter_shape": (2, 3)}, "Expected filters of odd sides"),
        ({"pooling": "max"}, "Expected pooling"),
        ({"padding": "same"}, "Expected padding"),
        ({"bias_std": -1.0}, "≥ 0 as bias_std"),
        ({"kind": "tangent"}, 'Expected kind "ntk" or "nngp"'),
    ],
)
def test_settings_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        CNNKernel(**arguments)


@pytest.mark.slow
def test_items_that_are_no_images_are_refused(rng):
    with pytest.raises(ValueError, match="Expected images of shape"):
        CNNKernel()(rng.normal(size=(3, 16)))
    with pytest.raises(ValueError, match="Expected images of one shape"):
        CNNKernel()(rng.normal(size=(3, 4, 4)), rng.normal(size=(3, 4, 5)))
    with pytest.raises(ValueError, match="Expected filters no larger than images"):
        CNNKernel(filter_shape=(5, 5))(rng.normal(size=(3, 4, 4)))


@pytest.mark.parametrize("pooling,most", [("none", 2.5), ("global", 1.8)])
def test_a_larger_filter_costs_sums_and_no_angles(rng, pooling, most):
    """Compiled, what a filter averages is computed once and not once for each of its 25 taps."""
    x = rng.normal(size=(2, 8, 8))

    def operations(side):
        kernel = CNNKernel(depth=3, filter_shape=(side, side), pooling=pooling)
        return jax.jit(kernel).lower(x).compile().cost_analysis()["flops"]

    assert operations(5) < most * operations(1)
