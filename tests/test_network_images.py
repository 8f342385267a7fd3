"""Networks for images, against forward passes written out in NumPy."""

from __future__ import annotations

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from lanes import slow

from symtheory.networks import CNN, Parametrization, ViT, cross_entropy, train
from symtheory.networks.cnn import Convolution, max_pool
from symtheory.networks.vit import Normalization

ADAM = optax.adam(1e-2)


def small_cnn(dtype=jnp.float64, channels=()):
    """From 9×9 pixels: 7×7, pooled to 3×3 without the last row and column, 2×2, pooled to 1×1."""
    key = jax.random.key(1)
    return CNN(
        (9, 9, *channels),
        channels=(3, 2),
        filters=(3, 2),
        hidden=5,
        outputs=4,
        key=key,
        parametrization=Parametrization(dtype=dtype),
    )


def small_vit(dtype=jnp.float64, positions=True, channels=()):
    return ViT(
        (4, 6, *channels),
        patch=2,
        width=8,
        depth=2,
        heads=2,
        hidden=6,
        outputs=4,
        positions=positions,
        key=jax.random.key(2),
        parametrization=Parametrization(dtype=dtype),
    )


def randomized(model, seed=3):
    """The same network with other numbers everywhere: scales that are not 1, shifts not 0."""
    leaves, tree = jax.tree.flatten(model)
    rng = np.random.default_rng(seed)
    return jax.tree.unflatten(tree, [leaf + 0.3 * rng.normal(size=leaf.shape) for leaf in leaves])


# Forward passes


def dense(layer, x):
    return np.einsum("oi,...i->...o", np.asarray(layer.weight), x) + np.asarray(layer.bias)


def convolved(layer, x):
    weight, bias = np.asarray(layer.weight), np.asarray(layer.bias)
    size = len(weight)
    height, width = x.shape[0] - size + 1, x.shape[1] - size + 1
    result = np.zeros((height, width, len(bias)))
    for i in range(height):
        for j in range(width):
            for o in range(len(bias)):
                patch = x[i : i + size, j : j + size]
                result[i, j, o] = np.sum(patch * weight[..., o]) + bias[o]
    return result


def pooled(x):
    result = np.zeros((x.shape[0] // 2, x.shape[1] // 2, x.shape[2]))
    for i, j in np.ndindex(*result.shape[:2]):
        result[i, j] = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].max(axis=(0, 1))
    return result


@pytest.mark.parametrize("channels", [(), (1,), (3,)])
def test_the_cnn_is_what_it_says(rng, channels):
    network, image = small_cnn(channels=channels), rng.normal(size=(9, 9, *channels))
    features = image.reshape(9, 9, -1)
    for layer in network.convolutions:
        features = pooled(np.maximum(convolved(layer, features), 0))
    hidden, last = network.layers
    expected = dense(last, np.maximum(dense(hidden, features.ravel()), 0))
    np.testing.assert_allclose(eqx.filter_jit(network)(image), expected, rtol=0, atol=1e-12)


def test_a_convolution_is_jax_s_own(rng):
    layer = Convolution(
        3, 4, 5, key=jax.random.key(0), parametrization=Parametrization(dtype=jnp.float64)
    )
    x = rng.normal(size=(11, 8, 3))
    expected = jax.lax.conv_general_dilated(
        x[None], layer.weight, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )
    np.testing.assert_allclose(layer(x), expected[0] + layer.bias, rtol=0, atol=1e-12)


def test_pooling_leaves_out_what_has_no_partner(rng):
    x = rng.normal(size=(5, 7, 2))
    np.testing.assert_array_equal(max_pool(jnp.asarray(x)), pooled(x))


def normalized(layer, x):
    centered = x - x.mean(axis=-1, keepdims=True)
    deviation = np.sqrt(np.mean(centered**2, axis=-1, keepdims=True) + 1e-5)
    return centered / deviation * np.asarray(layer.scale) + np.asarray(layer.shift)


def gelu(x):
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


@pytest.mark.parametrize("channels", [(), (3,)])
def test_the_vit_is_what_it_says(rng, channels):
    network = randomized(small_vit(channels=channels))
    image = rng.normal(size=(4, 6, *channels))
    patches = [
        image[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].ravel() for i in range(2) for j in range(3)
    ]
    tokens = dense(network.embed, normalized(network.before_embed, np.stack(patches)))
    tokens = normalized(network.after_embed, tokens) + np.asarray(network.positions)
    for block in network.blocks:
        inner = normalized(block.before_attention, tokens)
        query, key, value = (
            dense(layer, inner) for layer in (block.queries, block.keys, block.values)
        )
        heads = []
        for part in (slice(0, 4), slice(4, 8)):
            weights = np.exp(query[:, part] @ key[:, part].T / 2)
            heads.append(weights / weights.sum(axis=1, keepdims=True) @ value[:, part])
        tokens = tokens + dense(block.merge, np.concatenate(heads, axis=1))
        first, second = block.mlp
        tokens = tokens + dense(second, gelu(dense(first, normalized(block.before_mlp, tokens))))
    expected = dense(network.readout, normalized(network.normalize, tokens.mean(axis=0)))
    np.testing.assert_allclose(eqx.filter_jit(network)(image), expected, rtol=0, atol=1e-12)


# Symmetry


def exchange_patches(image, order):
    """The image with its 2×2 patches in another order."""
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    patches = image.reshape(rows, 2, columns, 2).transpose(0, 2, 1, 3).reshape(-1, 2, 2)
    moved = patches[order].reshape(rows, columns, 2, 2).transpose(0, 2, 1, 3)
    return moved.reshape(image.shape)


def test_without_positions_a_vit_sees_a_bag_of_patches(rng):
    image, order = rng.normal(size=(4, 6)), rng.permutation(6)
    moved = exchange_patches(image, order)
    bag = eqx.filter_jit(randomized(small_vit(positions=False)))
    placed = eqx.filter_jit(randomized(small_vit()))
    np.testing.assert_allclose(bag(moved), bag(image), rtol=0, atol=1e-12)
    assert np.abs(placed(moved) - placed(image)).max() > 1e-2


@pytest.mark.slow
def test_blocks_are_equivariant_to_permutations_of_tokens(rng):
    block = randomized(small_vit()).blocks[0]
    tokens, order = rng.normal(size=(6, 8)), rng.permutation(6)
    np.testing.assert_allclose(block(tokens[order]), block(tokens)[order], rtol=0, atol=1e-12)


# Training


@pytest.mark.parametrize("network", [small_cnn(), slow(small_vit())], ids=["cnn", "vit"])
def test_every_parameter_has_a_gradient_and_it_is_right(network, rng):
    shape = (9, 9) if isinstance(network, CNN) else (4, 6)
    images, targets = rng.normal(size=(7, *shape)), rng.integers(0, 4, 7)
    parameters, static = eqx.partition(network, eqx.is_inexact_array)

    def loss(parameters):
        return cross_entropy(eqx.combine(parameters, static), images, targets, jax.random.key(0))

    gradient = jax.jit(jax.grad(loss))(parameters)
    largest = [float(np.abs(leaf).max()) for leaf in jax.tree.leaves(gradient)]
    # A bias of the keys adds one number to all scores of a query, which softmax does not see.
    blind = 0 if isinstance(network, CNN) else len(network.blocks)
    assert sum(size < 1e-12 for size in largest) == blind
    direction = jax.tree.map(lambda leaf: rng.normal(size=leaf.shape), parameters)
    step = 1e-6
    ahead, behind = (
        jax.jit(loss)(jax.tree.map(lambda p, d: p + s * d, parameters, direction))  # noqa: B023
        for s in (step, -step)
    )
    slope = sum(
        jnp.vdot(g, d)
        for g, d in zip(jax.tree.leaves(gradient), jax.tree.leaves(direction), strict=True)
    )
    np.testing.assert_allclose((ahead - behind) / (2 * step), slope, rtol=1e-5, atol=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("network", [small_cnn(jnp.float32), small_vit(jnp.float32)])
def test_networks_learn_a_few_images_by_heart(network, rng):
    shape = (9, 9) if isinstance(network, CNN) else (4, 6)
    images, targets = rng.normal(size=(8, *shape)), np.arange(8) % 4
    trained = train(
        network,
        images,
        targets,
        loss=cross_entropy,
        optimizer=ADAM,
        epochs=100,
        batch_size=4,
        key=jax.random.key(0),
    )
    assert trained.losses[0] > 1 and trained.losses[-1] < 0.05
    outputs = jax.vmap(trained.model)(images)
    assert outputs.dtype == jnp.float32
    np.testing.assert_array_equal(outputs.argmax(axis=1), targets)


# Sizes


def count(model):
    return sum(leaf.size for leaf in jax.tree.leaves(eqx.filter(model, eqx.is_array)))


def test_the_networks_of_figure_1_have_their_sizes():
    cnn, vit = (jax.eval_shape(lambda key, n=n: n(key=key), jax.random.key(0)) for n in (CNN, ViT))
    sizes = [sum(leaf.size for leaf in jax.tree.leaves(model)) for model in (cnn, vit)]
    convolutions = 24 * (25 + 1) + 32 * (9 * 24 + 1)
    assert sizes[0] == convolutions + 256 * (800 + 1) + 10 * (256 + 1)
    square = 256 * (256 + 1)
    embedding = 2 * 16 + 256 * (16 + 1) + 2 * 256 + 49 * 256
    assert sizes[1] == embedding + 2 * (6 * square + 4 * 256) + 2 * 256 + 10 * (256 + 1)
    assert count(small_vit()) - count(small_vit(positions=False)) == 6 * 8
    for model in (cnn, vit):
        assert {leaf.dtype for leaf in jax.tree.leaves(model)} == {jnp.dtype("float32")}


@pytest.mark.parametrize(
    "make",
    [
        partial(CNN, (8, 8), channels=(3,), filters=(3,), hidden=5, outputs=2),
        slow(partial(ViT, (8, 8), width=8, depth=1, heads=2, hidden=6, outputs=2)),
    ],
)
def test_the_ntk_parametrization_only_moves_factors(make, rng):
    """Weights are standard normal, and s_w W as weights of a standard network gives the same."""
    key = jax.random.key(3)
    network = make(key=key, parametrization=Parametrization("ntk", 1.5, 0.3, jnp.float64))
    plain = make(key=key, parametrization=Parametrization(dtype=jnp.float64))
    is_layer = lambda node: hasattr(node, "weight_scale")  # noqa: E731
    layers = [leaf for leaf in jax.tree.leaves(network, is_leaf=is_layer) if is_layer(leaf)]
    drawn = np.concatenate([np.ravel(layer.weight) for layer in layers])
    assert abs(drawn.std() - 1) < 4 / np.sqrt(2 * drawn.size)
    for layer in layers:
        fan_in = layer.weight.size / layer.bias.size
        assert layer.weight_scale == pytest.approx(1.5 / np.sqrt(fan_in))
        assert layer.bias_scale == 0.3

    def arrays_of(model):
        found = [leaf for leaf in jax.tree.leaves(model, is_leaf=is_layer) if is_layer(leaf)]
        return [array for layer in found for array in (layer.weight, layer.bias)]

    scaled = [
        scale * array
        for layer in layers
        for scale, array in (
            (layer.weight_scale, layer.weight),
            (layer.bias_scale, layer.bias),
        )
    ]
    same = eqx.tree_at(arrays_of, plain, scaled)
    image = rng.normal(size=(8, 8))
    np.testing.assert_allclose(
        eqx.filter_jit(network)(image), eqx.filter_jit(same)(image), rtol=1e-10
    )


# Channels


def in_gray(network, channels):
    """A network on gray images that sees each as this one sees it in equal channels."""
    if isinstance(network, CNN):
        where = lambda model: model.convolutions[0].weight  # noqa: E731
        gray, weight = small_cnn(), where(network).sum(axis=2, keepdims=True)
    else:
        # Tokens are made of pixels, and of the channels of each.
        where = lambda model: model.embed.weight  # noqa: E731
        gray = small_vit()
        weight = where(network).reshape(len(where(network)), -1, channels).sum(axis=-1)
    _, static = eqx.partition(gray, eqx.is_array)
    assert where(gray).shape == weight.shape
    # All else is that of the network in color.
    arrays, kept = jax.tree.leaves(eqx.tree_at(where, network, weight)), jax.tree.leaves(gray)
    arrays = [new if new.shape == old.shape else old for new, old in zip(arrays, kept, strict=True)]
    return eqx.combine(jax.tree.unflatten(jax.tree.structure(gray), arrays), static)


@pytest.mark.parametrize("make", [small_cnn, small_vit])
def test_equal_channels_are_gray_with_summed_weights(make, rng):
    network = make(channels=(3,))
    image = rng.normal(size=network.image_shape[:2])
    color = np.repeat(image[..., None], 3, axis=2)
    gray = eqx.filter_jit(in_gray(network, 3))(image)
    np.testing.assert_allclose(eqx.filter_jit(network)(color), gray, rtol=0, atol=1e-12)
    assert np.abs(network(rng.normal(size=color.shape)) - network(color)).max() > 1e-3


@pytest.mark.parametrize("make", [small_cnn, small_vit])
def test_images_of_another_shape_are_refused(make):
    for channels, others in (((), (1, 3)), ((1,), (3,)), ((3,), (1, 4))):
        network = make(channels=channels)
        shape = network.image_shape
        pixels = [(*shape[:2], k) for k in others] + [(shape[0] + 1, *shape[1:]), (2, *shape)]
        pixels += [shape[:2]] if channels else []
        for wrong in pixels:
            with pytest.raises(ValueError, match=r"Expected one image .* image_shape.*Got shape"):
                network(np.zeros(wrong))
        with pytest.raises(ValueError, match=r"Expected one image .* image_shape"):
            jax.eval_shape(network, np.zeros((*shape, 2)))
    with pytest.raises(ValueError, match="Expected 2 or 3 sizes as image_shape"):
        type(network)((8, 8, 3, 1), key=jax.random.key(0))


# The last number of each array that is drawn, layer by layer: records and the book's figures were
# made from these draws.
DRAWN = {
    CNN: [0.1249703, -0.3032494, 0.03815191, 0.1405576, 0.01773202, -0.2337996],
    ViT: [
        *(-0.1948606, 0.2182724, 0.763357, 0.1256986, 0.3178655, -0.01123273, -0.02906811),
        *(-0.4418931, 0.1469288, 0.3584495, 0.2008251, -0.4466176, 0.4149743, -0.3363989),
        *(0.0999056, 0.01773202, -0.2337996),
    ],
}
OUTPUTS = {CNN: [0.3863046, -0.18550071], ViT: [0.26975492, 0.32183427]}


@pytest.mark.parametrize(
    "make",
    [
        partial(CNN, channels=(3,), filters=(3,), hidden=4, outputs=2),
        partial(ViT, width=4, depth=1, heads=2, hidden=3, outputs=2),
    ],
)
def test_a_key_draws_the_network_that_records_were_made_with(make):
    network = make((8, 8), key=jax.random.key(7))
    drawn = [np.ravel(leaf)[-1] for leaf in jax.tree.leaves(network) if np.ptp(leaf)]
    np.testing.assert_allclose(drawn, DRAWN[make.func], rtol=1e-6)
    image = np.linspace(-1, 1, 64).reshape(8, 8)
    np.testing.assert_allclose(eqx.filter_jit(network)(image), OUTPUTS[make.func], rtol=1e-5)
    in_one_channel = make((8, 8, 1), key=jax.random.key(7))
    for one, other in zip(*map(jax.tree.leaves, (network, in_one_channel)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_layers_start_within_one_over_root_fan_in():
    layer = Convolution(4, 200, 5, key=jax.random.key(0))
    for values in (layer.weight, layer.bias):
        assert 0.098 < np.abs(values).max() <= 0.1
    norm = Normalization(3)
    np.testing.assert_array_equal(norm.scale, 1)
    np.testing.assert_array_equal(norm.shift, 0)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda key: CNN(channels=(4,), filters=(3, 3), key=key), "a filter size for each"),
        (lambda key: CNN((6, 6), key=key), "leave a pixel"),
        (lambda key: CNN(filters=(5, 0), key=key), "≥ 1"),
        (lambda key: CNN(hidden=0, key=key), "≥ 1"),
        (lambda key: ViT(patch=5, key=key), "tile the image"),
        (lambda key: ViT(width=30, key=key), "divide width=30"),
        (lambda key: ViT(depth=0, key=key), "≥ 1"),
    ],
)
def test_bad_sizes_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make(jax.random.key(0))
