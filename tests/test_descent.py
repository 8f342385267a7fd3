"""What experiments with wide networks and plain gradient descent share."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from lanes import slow

from symtheory.datasets import load_digits, sample_pairs
from symtheory.experiments.shared.descent import in_span, wide_network
from symtheory.experiments.shared.optimizers import adam, gradient_descent
from symtheory.experiments.shared.rotated_pairs import held_out_first
from symtheory.networks import MLP, Parametrization, half_squared_error, train
from symtheory.ntk import MLPKernel


@pytest.mark.slow
def test_training_in_the_span_is_training_on_all_pixels(rng) -> None:
    """The same start, W and WQ, and the same function after every step."""
    points, targets = rng.normal(size=(5, 40)), rng.normal(size=5)
    coordinates = in_span(points)
    assert coordinates.shape == (5, 5)
    np.testing.assert_allclose(
        coordinates @ coordinates.T / 5, points @ points.T / 40, rtol=1e-12, atol=1e-13
    )
    network = MLP(
        40,
        30,
        None,
        key=jax.random.key(0),
        parametrization=Parametrization("ntk", dtype=jnp.float64),
    )
    frame = np.linalg.svd(points, full_matrices=False)[2].T
    start = MLP(
        5,
        30,
        None,
        key=jax.random.key(0),
        parametrization=Parametrization("ntk", dtype=jnp.float64),
    )
    in_few = eqx.tree_at(
        lambda model: (model.layers[0].weight, model.layers[0].bias, model.layers[1]),
        start,
        (network.layers[0].weight @ frame, network.layers[0].bias, network.layers[1]),
    )
    # x = Qq: coordinates are q up to the signs that two decompositions may differ by, and a scale.
    signs = np.sign(np.sum(coordinates * (points @ frame), axis=0))
    settings = {"loss": half_squared_error, "optimizer": gradient_descent(0.5), "epochs": 40}
    outputs = [
        jax.vmap(train(model, x, targets, key=jax.random.key(0), **settings).model)(x)
        for model, x in ((network, points), (in_few, coordinates * signs))
    ]
    np.testing.assert_allclose(outputs[1], outputs[0], rtol=1e-9)
    assert np.abs(np.asarray(outputs[0]) - targets).max() < 0.9 * np.abs(targets).max()


@pytest.mark.slow
def test_a_wide_network_is_drawn_as_the_kernel_has_it() -> None:
    """The mean square of its outputs over many draws: the NNGP kernel."""
    x = np.array([[1.0, -2.0, 0.5], [0.0, 0.3, 3.0]])
    init = wide_network(3, 20)
    outputs = jax.vmap(lambda key: jax.vmap(init(key))(jnp.asarray(x)))(
        jax.random.split(jax.random.key(1), 20_000)
    )
    assert outputs.dtype == jnp.float64
    products = np.einsum("na,nb->nab", outputs, outputs)
    error = products.std(axis=0, ddof=1) / np.sqrt(len(products))
    expected = np.asarray(MLPKernel(kind="nngp")(x))
    assert (np.abs(products.mean(axis=0) - expected) < 4 * error).all()
    assert (error < 0.03 * np.abs(expected)).all()


def test_a_choice_is_made_once() -> None:
    """So that nothing is compiled twice; another choice is another object."""
    assert wide_network(3, 20) is wide_network(3, 20) is not wide_network(3, 21)
    assert gradient_descent(0.2) is gradient_descent(0.2) is not gradient_descent(0.5)
    assert adam(0.2) is adam(0.2) is not adam(0.5)


def test_a_step_is_the_rate_times_the_gradient(rng) -> None:
    x, y = jnp.asarray(rng.normal(size=(4, 3))), jnp.asarray(rng.normal(size=4))
    network = wide_network(3, 6)(jax.random.key(2))
    rates = {"optimizer": gradient_descent(0.3), "epochs": 1, "key": jax.random.key(0)}
    moved = train(network, x, y, loss=half_squared_error, **rates).model
    slope = eqx.filter_grad(lambda model: jnp.mean((jax.vmap(model)(x) - y) ** 2) / 2)(network)
    for after, before, gradient in zip(
        *(jax.tree.leaves(eqx.filter(tree, eqx.is_array)) for tree in (moved, network, slope)),
        strict=True,
    ):
        np.testing.assert_allclose(after, before - 0.3 * gradient, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("norm,low,high", [(1, 1.99, 2.0), slow((28, 2.1, 2.7))])
def test_the_largest_eigenvalue_bounds_the_rate(norm, low, high) -> None:
    digits = load_digits()
    for order in (4, 8):
        points, _ = held_out_first(digits.images[sample_pairs(digits.labels, 8, seed=4)], order)
        kernels = np.stack([np.asarray(MLPKernel()(norm * one[1:])) for one in points])
        largest = np.linalg.eigvalsh(kernels)[:, -1] / (2 * order - 1)
        assert low < largest.min() and largest.max() < high
        assert 2 / largest.max() > 0.74
