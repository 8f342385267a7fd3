"""Kernels of finite networks: exact where they can be, and on their way to the closed forms."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from symtheory import empirical
from symtheory.empirical import EmpiricalNTK, monte_carlo
from symtheory.ntk import CNNKernel, MLPKernel


def mlp(parameters, x):
    """Two hidden layers in the NTK parametrization, σ_w = 1.2, σ_b = 0.3."""
    h = x
    for layer, (weights, bias) in enumerate(parameters):
        h = jax.nn.relu(h) if layer else h
        h = 1.2 * h @ weights / np.sqrt(weights.shape[0]) + 0.3 * bias
    return h


def draw_mlp(key, width, outputs=1, inputs=5):
    sizes = [inputs, width, width, outputs]
    keys = jax.random.split(key, 2 * len(sizes))
    return [
        (jax.random.normal(keys[2 * k], (a, b)), jax.random.normal(keys[2 * k + 1], (b,)))
        for k, (a, b) in enumerate(itertools.pairwise(sizes))
    ]


def test_a_linear_model_has_the_linear_kernel(rng):
    x, y = rng.normal(size=(4, 6)), rng.normal(size=(3, 6))
    kernel = EmpiricalNTK(lambda w, x: x @ w, jnp.asarray(rng.normal(size=6)))
    np.testing.assert_allclose(kernel(x, y), x @ y.T, rtol=1e-12)
    np.testing.assert_allclose(kernel(x), x @ x.T, rtol=1e-12)


def test_several_outputs_are_averaged(rng):
    x = rng.normal(size=(3, 5))
    parameters = draw_mlp(jax.random.key(1), 7, outputs=2)
    both = EmpiricalNTK(mlp, parameters)(x)
    each = [EmpiricalNTK(lambda p, x, o=o: mlp(p, x)[:, o], parameters)(x) for o in (0, 1)]
    np.testing.assert_allclose(both, sum(each) / 2, rtol=1e-12)


def test_its_mean_over_wide_networks_is_the_closed_form(rng):
    """At width 512: within 4 standard errors and the 1/width that is left."""
    x = rng.normal(size=(3, 5))
    expected = np.asarray(MLPKernel(2, 1.2, 0.3)(x))
    mean, error = monte_carlo(
        lambda key: EmpiricalNTK(mlp, draw_mlp(key, 512))(x), samples=60, key=jax.random.key(0)
    )
    assert (np.abs(mean - expected) < 4 * error + expected / 512).all()
    assert (np.asarray(error) < 0.02 * expected.max()).all()


def test_the_standard_error_is_that_of_a_sample():
    draws = jax.vmap(lambda key: jax.random.normal(key, (2,)))(
        jax.random.split(jax.random.key(5), 3)
    )
    found = monte_carlo(lambda key: jax.random.normal(key, (2,)), samples=3, key=jax.random.key(5))
    np.testing.assert_allclose(found.mean, draws.mean(axis=0), rtol=1e-14)
    squares = ((draws - draws.mean(axis=0)) ** 2).sum(axis=0)
    np.testing.assert_allclose(found.standard_error, np.sqrt(squares / 2 / 3), rtol=1e-12)


def test_the_tangent_kernel_of_a_pooled_convolutional_network(rng):
    x = rng.normal(size=(2, 4, 4))
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)), mode="wrap")
    patches = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))
    patches = patches.reshape(2, 16, 9)

    def network(parameters, patches):
        filters, readout = parameters
        hidden = jax.nn.relu(patches @ filters / 3)
        return hidden.mean(axis=1) @ readout / np.sqrt(len(readout))

    def draw(key):
        first, second = jax.random.split(key)
        return jax.random.normal(first, (9, 400)), jax.random.normal(second, (400,))

    mean, error = monte_carlo(
        lambda key: EmpiricalNTK(network, draw(key))(patches), samples=100, key=jax.random.key(3)
    )
    expected = CNNKernel(1, (3, 3), "global")(x)
    assert (np.abs(mean - expected) < 4 * error).all()


def test_blocks_of_items_give_the_same_kernel(rng, monkeypatch):
    x, y = rng.normal(size=(5, 5)), rng.normal(size=(3, 5))
    kernel = EmpiricalNTK(mlp, draw_mlp(jax.random.key(1), 4, outputs=2))
    jacobians = [jax.jacrev(mlp)(kernel.parameters, jnp.asarray(v)) for v in (x, y)]
    left, right = (
        np.concatenate([np.asarray(leaf).reshape(len(v), -1) for leaf in jax.tree.leaves(jac)], 1)
        for v, jac in zip((x, y), jacobians, strict=True)
    )
    for gib in (1.0, 1e-6):  # all at once, and one at a time
        monkeypatch.setattr(empirical, "MEMORY_GIB", gib)
        np.testing.assert_allclose(kernel(x, y), left @ right.T / 2, rtol=1e-12)
        np.testing.assert_allclose(kernel(x), left @ left.T / 2, rtol=1e-12)
        assert kernel(x[:0], y).shape == (0, 3) and kernel(x, y[:0]).shape == (5, 0)


def test_bad_input_is_refused(rng):
    with pytest.raises(ValueError, match="Expected outputs of shape"):
        EmpiricalNTK(lambda w, x: (x @ w)[0], jnp.ones(3))(rng.normal(size=(2, 3)))
    with pytest.raises(ValueError, match="Expected an integer ≥ 2 as samples"):
        monte_carlo(lambda key: jnp.zeros(()), samples=1, key=jax.random.key(0))
