"""The attention kernel against neural-tangents, finite transformers, and the laws it obeys."""

import itertools
import warnings
from dataclasses import replace
from functools import partial

import jax
import numpy as np
import pytest
from lanes import slow

from symtheory.actions import rotation_action, translation_action
from symtheory.neural_tangents import import_neural_tangents
from symtheory.ntk import AttentionKernel
from symtheory.testing import assert_equivariant, assert_invariant_kernel

SETTINGS = list(itertools.product((1, 2), (0.0, 0.7), ("global", "none"), (0.0, 0.4)))


def with_stax(kernel: AttentionKernel):
    """The ``kernel_fn`` of neural-tangents."""
    try:
        stax = import_neural_tangents().stax
    except ImportError as error:
        pytest.skip(str(error))
    w, b = kernel.weight_std, kernel.bias_std or None
    layers = [stax.Conv(1, kernel.patch_shape, kernel.patch_shape, "VALID", w, b)]
    for block in range(kernel.depth):
        positions = {}
        if kernel.positional_std and block == 0:
            positions = {
                "pos_emb_type": "SUM",
                "W_pos_emb_std": kernel.positional_std,
                "val_pos_emb": True,
            }
        attention = stax.GlobalSelfAttention(
            1,
            1,
            1,
            1,
            W_key_std=kernel.attention_scale,
            W_value_std=w,
            W_out_std=w,
            b_std=b,
            **positions,
        )
        layers += [attention, stax.Relu()]
    readout = stax.GlobalAvgPool() if kernel.pooling == "global" else stax.Flatten()
    return stax.serial(*layers, readout, stax.Dense(1, w, b))[2]


@pytest.mark.parametrize(
    "depth,positional_std,pooling,bias_std",
    [one if (one[0], *one[2:]) == (1, "none", 0.0) else slow(one) for one in SETTINGS],
)
def test_equals_neural_tangents(depth, positional_std, pooling, bias_std, rng):
    kernel = AttentionKernel(depth, (2, 3), positional_std, 1.7, pooling, 1.3, bias_std)
    x, y = rng.normal(size=(3, 4, 6)), rng.normal(size=(2, 4, 6))
    with warnings.catch_warnings():  # it says that queries and keys are tied
        warnings.simplefilter("ignore", UserWarning)
        kernel_fn = with_stax(kernel)
        expected = kernel_fn(x[..., None], y[..., None], ("ntk", "nngp"))
        itself = kernel_fn(x[..., None], None, ("ntk", "nngp"))
    for kind in ("ntk", "nngp"):
        of_kind = replace(kernel, kind=kind)
        np.testing.assert_allclose(of_kind(x, y), getattr(expected, kind), rtol=1e-10)
        np.testing.assert_allclose(of_kind(x), getattr(itself, kind), rtol=1e-10)


@pytest.mark.slow
def test_is_the_covariance_of_wide_random_transformers(rng):
    """Monte Carlo over finite transformers, one block: within 4 standard errors and 3 %.

    Finitely many heads and channels bias the covariance by about one over their number.
    """
    kernel = AttentionKernel(1, (2, 2), 0.8, 1.5, "global", 1.2, 0.3, "nngp")
    x = rng.normal(size=(2, 4, 4))
    tokens = x.reshape(2, 2, 2, 2, 2).swapaxes(2, 3).reshape(2, 4, 4)
    channels, keys, heads, networks = 96, 96, 8, 240

    def network(key):
        keys_of = jax.random.split(key, 7)
        draw = jax.random.normal
        embed = draw(keys_of[0], (4, channels))
        h = 1.2 * tokens @ embed / 2 + 0.3 * draw(keys_of[1], (channels,))
        h = h + 0.8 * draw(keys_of[2], (4, channels))
        query = draw(keys_of[3], (heads, channels, keys)) / np.sqrt(channels)
        value = 1.2 * draw(keys_of[4], (heads, channels, channels)) / np.sqrt(channels)
        q = jax.numpy.einsum("npc,hck->nhpk", h, query)
        weights = jax.nn.softmax(1.5 * q @ q.swapaxes(-1, -2) / keys, axis=-1)
        attended = weights @ jax.numpy.einsum("npc,hcv->nhpv", h, value)
        joined = attended.swapaxes(1, 2).reshape(2, 4, heads * channels)
        # The last two layers are Gaussian given what comes before; their mean is exact.
        project = draw(keys_of[5], (heads * channels, 512)) / np.sqrt(heads * channels)
        out = 1.2 * joined @ project + 0.3 * draw(keys_of[6], (512,))
        pooled = jax.nn.relu(out).mean(axis=1)
        return 1.2**2 * (pooled @ pooled.T) / 512 + 0.3**2

    # Here, unlike elsewhere in the tests, what is compiled takes longer to run than to optimize.
    optimized = {"xla_backend_optimization_level": 2, "xla_llvm_disable_expensive_passes": False}
    every = jax.jit(partial(jax.lax.map, network), compiler_options=optimized)
    samples = np.asarray(every(jax.random.split(jax.random.key(5), networks)))
    error = samples.std(axis=0) / np.sqrt(networks)
    expected = np.asarray(kernel(x))
    assert (np.abs(samples.mean(axis=0) - expected) < 4 * error + 0.03 * expected).all()
    assert (error < 0.02 * expected).all()


@pytest.mark.slow
def test_without_positions_it_sees_a_bag_of_patches(rng):
    """Shifts by whole patches leave the kernel as it is, in each argument by itself."""
    shifts, other = translation_action(4, (8, 8)), rng.normal(size=(3, 8, 8))
    bag = AttentionKernel(2, (2, 2), positional_std=0.0)
    images = rng.normal(size=(2, 8, 8))
    assert_equivariant(lambda x: bag(x, other), shifts, images, tolerance=1e-12)
    for kernel in (AttentionKernel(2, (2, 2)), AttentionKernel(2, (2, 2), 0.0, pooling="none")):
        with pytest.raises(AssertionError):
            assert_equivariant(lambda x, k=kernel: k(x, other), shifts, images, tolerance=1e-6)


@pytest.mark.parametrize("positional_std", [0.0, 1.0])
@pytest.mark.parametrize("pooling", ["global", "none"])
def test_quarter_turns_of_both_images_leave_it_as_it_is(positional_std, pooling, rng):
    kernel = AttentionKernel(2, (2, 2), positional_std, pooling=pooling)
    assert_invariant_kernel(kernel, rotation_action(4, (6, 6)), rng.normal(size=(2, 6, 6)))


def test_uniform_attention_averages_all_patches(rng):
    """At τ = 0 every place sees the mean of all: without positions, one token."""
    x = rng.normal(size=(3, 4, 4))
    mean = x.reshape(3, 2, 2, 2, 2).mean(axis=(1, 3))
    options = {"positional_std": 0.0, "attention_scale": 0.0, "bias_std": 0.2}
    np.testing.assert_allclose(
        AttentionKernel(1, (2, 2), **options)(x),
        AttentionKernel(1, (2, 2), **options)(mean),
        rtol=1e-12,
    )


@pytest.mark.parametrize(
    "arguments,message",
    [
        ({"depth": 0}, "≥ 1 as depth"),
        ({"patch_shape": (0, 2)}, "≥ 1 as size in patch_shape"),
        ({"pooling": "max"}, "Expected pooling"),
        ({"positional_std": -1.0}, "≥ 0 as positional_std"),
        ({"kind": "tangent"}, 'Expected kind "ntk" or "nngp"'),
    ],
)
def test_settings_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        AttentionKernel(**arguments)


@pytest.mark.slow
def test_images_that_patches_do_not_tile_are_refused(rng):
    with pytest.raises(ValueError, match="Expected patches that tile images of 6×6"):
        AttentionKernel()(rng.normal(size=(2, 6, 6)))
    with pytest.raises(ValueError, match="Expected images of shape"):
        AttentionKernel()(rng.normal(size=(2, 16)))
