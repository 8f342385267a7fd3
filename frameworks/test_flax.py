"""The same network in Flax, Equinox and PyTorch, and what is refused of Flax."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from flax import linen, nnx

from symtheory.empirical import as_kernel, from_equinox, from_flax, from_torch

SIZES = (5, 7, 6, 3)


class InLinen(linen.Module):
    """Dense layers with tanh, and a batch normalization that may be left out."""

    normalized: bool = False
    training: bool = False

    @linen.compact
    def __call__(self, x):
        """Of a batch."""
        for size in SIZES[1:-1]:
            x = jnp.tanh(linen.Dense(size)(x))
            if self.normalized:
                x = linen.BatchNorm(use_running_average=not self.training)(x)
        return linen.Dense(SIZES[-1])(x)


class InNNX(nnx.Module):
    """The same in NNX, with dropout."""

    def __init__(self, normalized=False):
        """Draw it."""
        rngs = nnx.Rngs(0)
        pairs = itertools.pairwise(SIZES)
        self.layers = nnx.List([nnx.Linear(a, b, rngs=rngs) for a, b in pairs])
        self.dropout = nnx.Dropout(0.5, rngs=rngs)
        self.norm = nnx.BatchNorm(SIZES[1], rngs=rngs) if normalized else None

    def __call__(self, x):
        """Of a batch."""
        for number, layer in enumerate(self.layers):
            x = layer(x)
            if number == 0 and self.norm is not None:
                x = self.norm(x)
            if number < len(self.layers) - 1:
                x = self.dropout(jnp.tanh(x))
        return x


class InEquinox(eqx.Module):
    """The same in Equinox."""

    layers: list

    def __init__(self):
        """Draw it."""
        keys = jax.random.split(jax.random.key(1), 3)
        triples = zip(SIZES, SIZES[1:], keys, strict=False)
        self.layers = [eqx.nn.Linear(a, b, key=key) for a, b, key in triples]

    def __call__(self, x):
        """Of one item."""
        for layer in self.layers[:-1]:
            x = jnp.tanh(layer(x))
        return self.layers[-1](x)


def draw(rng):
    pairs = itertools.pairwise(SIZES)
    return [(rng.normal(size=(a, b)), rng.normal(size=b)) for a, b in pairs]


def in_linen(weights):
    layers = {
        f"Dense_{k}": {"kernel": jnp.asarray(w), "bias": jnp.asarray(b)}
        for k, (w, b) in enumerate(weights)
    }
    return InLinen(), {"params": layers}


def in_nnx(weights):
    module = InNNX()
    for layer, (w, b) in zip(module.layers, weights, strict=True):
        layer.kernel.set_value(jnp.asarray(w))
        layer.bias.set_value(jnp.asarray(b))
    return module


def in_equinox(weights):
    module = InEquinox()
    for k, (w, b) in enumerate(weights):
        of_layer = (jnp.asarray(w.T), jnp.asarray(b))
        module = eqx.tree_at(
            lambda m, k=k: (m.layers[k].weight, m.layers[k].bias), module, of_layer
        )
    return module


def in_torch(weights):
    module = torch.nn.Sequential(
        torch.nn.Linear(5, 7),
        torch.nn.Tanh(),
        torch.nn.Linear(7, 6),
        torch.nn.Tanh(),
        torch.nn.Dropout(0.5),
        torch.nn.Linear(6, 3),
    ).double()
    for layer, (w, b) in zip((module[0], module[2], module[5]), weights, strict=True):
        layer.weight.data, layer.bias.data = torch.tensor(w.T), torch.tensor(b)
    return module


def test_one_network_in_four_libraries_has_one_kernel(rng):
    weights = draw(rng)
    x, y = rng.normal(size=(6, 5)), rng.normal(size=(4, 5))
    linen_module, variables = in_linen(weights)
    kernels = {
        "linen": from_flax(linen_module, variables),
        "linen, bound": as_kernel(linen_module.bind(variables)),
        "nnx": as_kernel(in_nnx(weights)),
        "equinox": as_kernel(in_equinox(weights)),
        "torch": as_kernel(in_torch(weights)),
    }
    for name, kernel in kernels.items():
        for found, expected in (
            (kernel(x), from_torch(in_torch(weights))(x)),
            (kernel(x, y), from_equinox(in_equinox(weights))(x, y)),
        ):
            assert found.dtype == np.float64, name
            np.testing.assert_allclose(found, expected, rtol=1e-10, err_msg=name)


def test_parameters_in_single_precision_are_taken_for_double_ones(rng):
    """Or a relative ridge of 1e-10 would be smaller than what rounding leaves."""
    weights = [(np.float32(w), np.float32(b)) for w, b in draw(rng)]
    x = rng.normal(size=(6, 5))
    expected = from_torch(in_torch([(np.float64(w), np.float64(b)) for w, b in weights]))(x)
    for kernel in (
        from_flax(*in_linen(weights)),
        from_flax(in_nnx(weights)),
        from_equinox(in_equinox(weights)),
    ):
        np.testing.assert_allclose(kernel(x), expected, rtol=1e-10)


def test_an_nnx_module_stays_in_the_mode_that_it_is_in(rng):
    module = in_nnx(draw(rng))
    from_flax(module)(rng.normal(size=(2, 5)))
    assert not module.dropout.deterministic


def test_batch_statistics_of_the_data_are_used_and_those_of_a_batch_refused(rng):
    x = rng.normal(size=(6, 5))
    module = InLinen(normalized=True)
    variables = module.init(jax.random.key(0), jnp.asarray(x))
    assert set(variables) == {"params", "batch_stats"}
    assert np.isfinite(from_flax(module, variables)(x)).all()
    with pytest.raises(ValueError, match=r"Expected items that the network takes.*batch_stats"):
        from_flax(InLinen(normalized=True, training=True), variables)(x)
    normalized = InNNX(normalized=True)
    with pytest.raises(
        ValueError, match=r"Expected a module that takes each item.*Try module.eval"
    ):
        from_flax(normalized)
    normalized.eval()
    assert np.isfinite(from_flax(normalized)(x)).all()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: from_flax(InLinen()), 'variables of a Linen module, a mapping with "params"'),
        (lambda: from_flax(InLinen(), {"Dense_0": {}}), 'a mapping with "params"'),
        (lambda: from_flax(InLinen(), {"params": {}}), "a module with parameters"),
        (lambda: from_flax(InNNX(), {"params": {}}), "Expected a module of flax.nnx"),
        (lambda: from_flax(jnp.tanh), "Expected a module of flax.nnx"),
        (lambda: from_flax(nnx.Dropout(0.5, rngs=nnx.Rngs(0))), "a module with parameters"),
        (lambda: from_flax(*in_linen([(np.eye(5), np.ones(5))] * 3))(np.ones((2, 4))), "items"),
    ],
)
def test_what_is_no_network_of_flax_is_refused(call, said):
    with pytest.raises(ValueError, match=f"{said}.*Got.*Try"):
        call()
