"""What every kernel keeps: what it takes and refuses, scales, types, and how it is transformed."""

from __future__ import annotations

import datetime

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from lanes import slow

from symtheory.actions import (
    dihedral_action,
    linear_action,
    permutation_action,
    product_action,
    rotation_action,
    translation_action,
)
from symtheory.groups import cyclic_group, symmetric_group
from symtheory.kernels import RBF, Averaged, Linear, first_rows, gram
from symtheory.ntk import AttentionKernel, CNNKernel, GroupCNNKernel, MLPKernel
from symtheory.ntk.cnn import _dense_block, _pooled_step

TURNS = rotation_action(4, (4, 4)).transform
NETWORKS = {
    "mlp": MLPKernel(2, bias_std=0.0),
    "cnn": CNNKernel(2),
    "pooled": CNNKernel(2, pooling="global"),
    "group": GroupCNNKernel("p4", 2),
    "attention": AttentionKernel(1, (2, 2), positional_std=0.0, attention_scale=0.0),
}
KERNELS = {
    "rbf": RBF(0.7),
    "linear": Linear(),
    "averaged": Averaged(MLPKernel(), TURNS),
    "mlp": MLPKernel(2, 1.2, 0.3),
    "cnn": CNNKernel(2, bias_std=0.1),
    "pooled": CNNKernel(2, pooling="global", bias_std=0.1),
    "group": GroupCNNKernel("p4", 2, bias_std=0.1),
    "attention": AttentionKernel(1, (2, 2), bias_std=0.1),
}
every_kernel = pytest.mark.parametrize("kernel", KERNELS.values(), ids=KERNELS)


@pytest.fixture
def images(rng) -> np.ndarray:
    """Three images of 4×4."""
    return rng.normal(size=(3, 4, 4))


@pytest.mark.parametrize("dtype", [np.float32, slow(np.float64)])
@pytest.mark.parametrize("kernel", NETWORKS.values(), ids=NETWORKS)
def test_without_biases_kernels_are_homogeneous_at_every_scale(kernel, dtype, images):
    """k(sx, sx') = s² k(x, x'), exactly for powers of two, nearly as far as squares can be held."""
    x = images.astype(dtype)
    expected = np.asarray(kernel(x))
    assert expected.dtype == dtype
    for exponent in (-50, -33, 33, 59) if dtype == np.float32 else (-480, 33, 500):
        computed = np.asarray(kernel(np.ldexp(x, exponent)))
        scaled = np.ldexp(computed, -2 * exponent)
        np.testing.assert_allclose(scaled, expected, rtol=8 * np.finfo(dtype).eps)


@pytest.mark.parametrize("scale", [1e-15, 1e-10, 1e10, 1e17])
@every_kernel
def test_single_precision_agrees_with_double_at_every_scale(kernel, scale, images):
    single = (scale * images).astype(np.float32)
    expected = np.asarray(kernel(single.astype(float)))
    computed = np.asarray(kernel(single))
    assert computed.dtype == np.float32
    np.testing.assert_allclose(computed, expected, rtol=2e-5, atol=1e-6 * expected.max())


@pytest.mark.slow
def test_items_of_very_different_scales_meet(images):
    """A large item and a small one, in single precision, with biases and without."""
    small, large = (np.float32(s) * images.astype(np.float32) for s in (1e-15, 1e15))
    for bias_std in (0.0, 1.0):
        kernel = MLPKernel(2, 1.0, bias_std)
        expected = kernel(small.astype(float), large.astype(float))
        np.testing.assert_allclose(kernel(small, large), expected, rtol=1e-5)


BAD_ITEMS = {
    "complex": np.ones((2, 4, 4), complex),
    "half": np.ones((2, 4, 4), np.float16),
    "bfloat16": jnp.ones((2, 4, 4), jnp.bfloat16),
    "strings": np.full((2, 4, 4), "1"),
    "objects": np.full((2, 4, 4), None),
    "dates": np.full((2, 4, 4), np.datetime64("2024-01-01")),
    "datetimes": np.full((2, 4, 4), datetime.datetime(2024, 1, 1)),
    "ragged": [[[1.0] * 4] * 4, [[1.0] * 3] * 4],
    "nan": np.full((2, 4, 4), np.nan),
    "infinite": np.full((2, 4, 4), np.inf),
    "no entries": np.ones((2, 4, 0)),
    "one item": np.ones(4),
    "scalar": 1.0,
    "None": [None],
}


@pytest.mark.parametrize("bad", BAD_ITEMS.values(), ids=BAD_ITEMS)
@every_kernel
def test_what_is_no_array_of_real_items_is_refused(kernel, bad, images):
    for arguments in ((bad,), (images, bad), (bad, images)):
        with pytest.raises(ValueError, match=r"(?s)Expected.*Got"):
            kernel(*arguments)


@pytest.mark.slow
@every_kernel
def test_integers_booleans_and_lists_are_converted(kernel):
    counts = np.arange(32, dtype=np.uint8).reshape(2, 4, 4)
    expected = np.asarray(kernel(counts.astype(float)))
    for same in (counts, counts.tolist(), jnp.asarray(counts), counts.astype(np.longdouble)):
        np.testing.assert_array_equal(kernel(same), expected)
    np.testing.assert_array_equal(kernel(counts > 9), kernel((counts > 9).astype(float)))


@every_kernel
def test_no_items_give_an_empty_matrix(kernel, images):
    none = images[:0]
    assert kernel(none).shape == (0, 0)
    assert kernel(none, images).shape == (0, 3)
    assert kernel(images, none).shape == (3, 0)
    assert gram(kernel, none[:, None]).shape == (0, 0)
    assert first_rows(kernel, np.empty((0, 4, 4, 4))).shape == (0, 0, 4)


@every_kernel
def test_kernels_are_values_and_pytrees(kernel, images):
    leaves, structure = jax.tree.flatten(kernel)
    again = jax.tree.unflatten(structure, leaves)
    assert again == kernel and hash(again) == hash(kernel) and repr(again) == repr(kernel)
    expected = kernel(images)
    traced = jax.jit(lambda kernel, x: kernel(x))(kernel, images)
    np.testing.assert_allclose(traced, expected, rtol=1e-12, atol=1e-13)


SETTINGS = [
    (RBF, "inverse_length", {}),
    (MLPKernel, "weight_std", {"depth": 2}),
    (MLPKernel, "bias_std", {"depth": 2}),
    (CNNKernel, "weight_std", {"depth": 2, "bias_std": 0.2}),
    (CNNKernel, "bias_std", {"depth": 2, "pooling": "global"}),
    (GroupCNNKernel, "weight_std", {"symmetry": "p2"}),
    (AttentionKernel, "positional_std", {"patch_shape": (2, 2)}),
    (AttentionKernel, "attention_scale", {"patch_shape": (2, 2)}),
]


@pytest.mark.parametrize(
    "kind,name,others", [SETTINGS[0], *map(slow, SETTINGS[1:-1]), SETTINGS[-1]]
)
def test_settings_may_be_traced(kind, name, others, images):
    """By a gradient, whose value differences confirm; out of range they give NaN."""

    # One program, which is compiled once, gives both.
    @jax.jit
    @jax.value_and_grad
    def with_slope(setting):
        return kind(**{name: setting}, **others)(images).sum()

    def total(setting):
        return with_slope(setting)[0]

    slope = with_slope(0.8)[1]
    difference = (total(0.8 + 1e-5) - total(0.8 - 1e-5)) / 2e-5
    np.testing.assert_allclose(slope, difference, rtol=1e-6, atol=1e-9)
    plain = kind(**{name: 0.8}, **others)
    np.testing.assert_allclose(total(0.8), plain(images).sum(), rtol=1e-12)
    for scalar in (np.float64(0.8), np.array(0.8), jnp.asarray(0.8)):
        assert kind(**{name: scalar}, **others) == plain
    if name != "attention_scale":
        assert jnp.isnan(total(-0.8))


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf, "1", True, None, 1j, [1.0, 2.0]])
@pytest.mark.parametrize("kind,name,others", SETTINGS)
def test_bad_settings_are_refused(kind, name, others, bad):
    if (name, bad) == ("attention_scale", -1.0):
        pytest.skip("places may repel one another")
    with pytest.raises(ValueError, match=rf"Expected a finite number.* as {name}\. Got .* Try"):
        kind(**{name: bad}, **others)


@every_kernel
def test_traced_items_that_are_not_finite_give_nan(kernel, images):
    broken = images.copy()
    broken[1, 2, 3] = np.nan
    values = np.asarray(jax.jit(kernel)(broken))
    assert np.isnan(values[1]).all() and np.isnan(values[:, 1]).all()


def test_lists_stand_for_tuples(images):
    assert CNNKernel(filter_shape=[3, 3]) == CNNKernel()
    assert GroupCNNKernel(filter_shape=np.array([3, 3])) == GroupCNNKernel()
    assert AttentionKernel(patch_shape=[2, 2]) == AttentionKernel(patch_shape=(2, 2))
    for bad in (3, (3,), (3, 3, 3), (3.0, 3), ("3", 3)):
        with pytest.raises(ValueError, match="filter_shape"):
            CNNKernel(filter_shape=bad)


@pytest.mark.parametrize("pooling,compiled", [("none", _dense_block), ("global", _pooled_step)])
def test_one_program_serves_all_standard_deviations(pooling, compiled, images):
    CNNKernel(3, (1, 3), pooling)(images)
    before = compiled._cache_size()
    for weight_std, bias_std in ((1.1, 0.0), (1.2, 0.3), (0.9, 0.1)):
        CNNKernel(3, (1, 3), pooling, "circular", weight_std, bias_std)(images)
    assert compiled._cache_size() == before


@pytest.mark.slow
def test_averages_are_traced_with_transforms_of_numpy(images):
    """By the matrix of the transform, whose gradient differences confirm."""
    kernel = Averaged(MLPKernel(), rotation_action(8, (4, 4)).transform)
    expected = np.asarray(kernel(images, images[:2]))
    np.testing.assert_allclose(jax.jit(kernel)(images, images[:2]), expected, rtol=1e-12)
    each = jax.vmap(lambda x: kernel(x[None], images[:2])[0])(images)
    np.testing.assert_allclose(each, expected, rtol=1e-12)
    step = images[::-1]

    def total(y):
        return kernel(images, y).sum()

    slope = jnp.sum(jax.grad(total)(images) * step)
    difference = (total(images + 1e-6 * step) - total(images - 1e-6 * step)) / 2e-6
    np.testing.assert_allclose(slope, difference, rtol=1e-6)

    def negatives(x):
        return jnp.stack([x, -x], axis=1)

    with_jax = Averaged(Linear(), negatives)
    np.testing.assert_allclose(jax.jit(with_jax)(images), np.zeros((3, 3)), atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize(
    "action",
    [
        rotation_action(4, (4, 4)),
        dihedral_action(4, (4, 4)),
        translation_action(4, (4, 4)),
        permutation_action(symmetric_group(4), (4, 4)),
        permutation_action(symmetric_group(4), (4, 4), axis=1),
        product_action(translation_action(2, (4, 4), 0), translation_action(2, (4, 4), 1)),
        linear_action(cyclic_group(2), np.stack([np.eye(4), -np.eye(4)])),
    ],
    ids=lambda action: action.name,
)
def test_the_transforms_of_every_action_may_be_traced(action, rng):
    items = rng.normal(size=(2, *action.item_shape))
    kernel = Averaged(RBF(0.5), action.transform)
    np.testing.assert_allclose(jax.jit(kernel)(items), kernel(items), rtol=1e-12)
    assert np.isfinite(jax.grad(lambda x: kernel(x).sum())(items)).all()


def test_transforms_that_cannot_be_averaged_over_are_refused(images):
    with pytest.raises(ValueError, match="Expected a transform that is linear"):
        jax.jit(Averaged(Linear(), lambda x: np.square(x)[:, None]))(images)
    of_large = jax.jit(Averaged(Linear(), translation_action(2, (96, 96, 3), 0).transform))
    with pytest.raises(ValueError, match=r"of 11 GiB for items of shape \(96, 96, 3\)"):
        of_large(np.zeros((1, 96, 96, 3)))
    with pytest.raises(ValueError, match="Expected a transform of items of shape"):
        Averaged(Linear(), lambda x: x)(images)


def test_a_kernel_of_several_rows_an_item_is_not_averaged(images):
    """Its columns are not the transforms of an item, one after another."""
    quarters = rotation_action(4, (4, 4)).transform

    def of_two_outputs(x, y):
        return jnp.kron(Linear()(x, y), jnp.eye(2))

    with pytest.raises(ValueError, match=r"takes 3 and 8 items to a matrix.*shape \(6, 16\)\. Try"):
        Averaged(of_two_outputs, quarters)(images, images[:2])


def test_a_transform_that_works_in_place_is_averaged_over(images):
    def in_place(x):
        poses = [x.copy()]
        x *= -1
        return np.stack([*poses, x], axis=1)

    expected = Averaged(RBF(0.5), lambda x: np.stack([x, -x], axis=1))(images)
    np.testing.assert_array_equal(Averaged(RBF(0.5), in_place)(images), expected)
