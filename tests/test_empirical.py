"""Kernels of finite networks: exact where they can be, and on their way to the closed forms."""

import itertools
import sys
from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from symtheory.empirical import (
    EmpiricalNTK,
    as_kernel,
    encoders,
    from_equinox,
    from_features,
    from_flax,
    from_torch,
    function,
    monte_carlo,
)
from symtheory.networks import MLP, Parametrization
from symtheory.neural_tangents import import_neural_tangents
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


@pytest.mark.slow
def test_several_outputs_are_averaged(rng):
    x = rng.normal(size=(3, 5))
    parameters = draw_mlp(jax.random.key(1), 7, outputs=2)
    both = EmpiricalNTK(mlp, parameters)(x)
    each = [EmpiricalNTK(lambda p, x, o=o: mlp(p, x)[:, o], parameters)(x) for o in (0, 1)]
    np.testing.assert_allclose(both, sum(each) / 2, rtol=1e-12)


@pytest.mark.slow
def test_a_small_step_of_training_moves_outputs_as_the_tangent_kernel_says(rng):
    """At any input, to first order in the size of the step."""
    x, y = jnp.asarray(rng.normal(size=(4, 5))), jnp.asarray(rng.normal(size=4))
    others = jnp.asarray(rng.normal(size=(3, 5)))
    start = draw_mlp(jax.random.key(2), 9)
    slope = jax.grad(lambda p: jnp.sum((mlp(p, x)[:, 0] - y) ** 2) / 2)(start)
    expected = -EmpiricalNTK(mlp, start)(others, x) @ (mlp(start, x)[:, 0] - y)
    left = []
    for step in (1e-4, 1e-5):
        moved = jax.tree.map(lambda a, b, step=step: a - step * b, start, slope)
        change = (mlp(moved, others) - mlp(start, others))[:, 0] / step
        left.append(np.linalg.norm(change - expected) / np.linalg.norm(expected))
    assert left[0] < 1e-2 and left[1] < 0.2 * left[0]


@pytest.mark.slow
def test_its_mean_over_wide_networks_is_the_closed_form(rng):
    """At width 256: within 4 standard errors and the 1/width that is left."""
    x = rng.normal(size=(3, 5))
    expected = np.asarray(MLPKernel(2, 1.2, 0.3)(x))
    # Here what is compiled takes longer to run than to optimize.
    optimized = {"xla_backend_optimization_level": 2, "xla_llvm_disable_expensive_passes": False}
    draw = partial(monte_carlo, lambda key: EmpiricalNTK(mlp, draw_mlp(key, 256))(x), samples=100)
    mean, error = jax.jit(lambda key: tuple(draw(key=key)), compiler_options=optimized)(
        jax.random.key(0)
    )
    assert (np.abs(mean - expected) < 4 * error + expected / 256).all()
    assert (np.asarray(error) < 0.02 * expected.max()).all()


def test_the_standard_error_is_that_of_a_sample():
    draws = jax.vmap(lambda key: jax.random.normal(key, (2,)))(
        jax.random.split(jax.random.key(5), 3)
    )
    found = monte_carlo(lambda key: jax.random.normal(key, (2,)), samples=3, key=jax.random.key(5))
    np.testing.assert_allclose(found.mean, draws.mean(axis=0), rtol=1e-14)
    squares = ((draws - draws.mean(axis=0)) ** 2).sum(axis=0)
    np.testing.assert_allclose(found.standard_error, np.sqrt(squares / 2 / 3), rtol=1e-12)


@pytest.mark.slow
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


@pytest.mark.slow
def test_blocks_of_items_give_the_same_kernel(rng, monkeypatch):
    x, y = rng.normal(size=(5, 5)), rng.normal(size=(3, 5))
    kernel = EmpiricalNTK(mlp, draw_mlp(jax.random.key(1), 4, outputs=2))
    jacobian = jax.jit(jax.jacrev(mlp))
    jacobians = [jacobian(kernel.parameters, jnp.asarray(v)) for v in (x, y)]
    left, right = (
        np.concatenate([np.asarray(leaf).reshape(len(v), -1) for leaf in jax.tree.leaves(jac)], 1)
        for v, jac in zip((x, y), jacobians, strict=True)
    )
    for gib in (1.0, 1e-6):  # all at once, and one at a time
        monkeypatch.setattr(function, "MEMORY_GIB", gib)
        np.testing.assert_allclose(kernel(x, y), left @ right.T / 2, rtol=1e-12)
        np.testing.assert_allclose(kernel(x), left @ left.T / 2, rtol=1e-12)
        assert kernel(x[:0], y).shape == (0, 3) and kernel(x, y[:0]).shape == (5, 0)


def in_double_precision(*sizes):
    parametrization = Parametrization("ntk", 1.2, 0.3, jnp.float64)
    return MLP(*sizes, key=jax.random.key(2), parametrization=parametrization)


class WithStaticParts(eqx.Module):
    """A linear map of some of an item's entries, in float32, and a function of its outputs."""

    weight: jax.Array
    chosen: jax.Array  # integers
    scale: float
    name: str = eqx.field(static=True)
    function: callable

    def __call__(self, x):
        return self.function(self.scale * self.weight @ x[self.chosen])


@pytest.mark.slow
def test_an_equinox_module_goes_in_directly(rng, monkeypatch):
    """The same network as a function of its parameters, written out above."""
    x, y = rng.normal(size=(3, 5)), rng.normal(size=(2, 5))
    for last in (2, None):
        network = in_double_precision(5, 4, 4, last)
        parameters = [(layer.weight.T, layer.bias) for layer in network.layers]
        kernel, written_out = from_equinox(network), EmpiricalNTK(mlp, parameters)
        np.testing.assert_allclose(kernel(x, y), written_out(x, y), rtol=1e-12)
        np.testing.assert_allclose(jax.jit(kernel.__call__)(x), kernel(x), rtol=1e-12)
    monkeypatch.setattr(function, "MEMORY_GIB", 1e-6)  # one item at a time
    np.testing.assert_allclose(kernel(x), written_out(x), rtol=1e-12)


@pytest.mark.slow
def test_the_empirical_kernel_of_neural_tangents(rng):
    try:
        nt = import_neural_tangents()
    except ImportError as error:
        pytest.skip(str(error))
    network = in_double_precision(5, 4, 3, 2)
    kernel = from_equinox(network)
    x, y = rng.normal(size=(3, 5)), rng.normal(size=(2, 5))
    # The trace over the outputs, divided by their number.
    theirs = jax.jit(nt.empirical_ntk_fn(lambda p, x: kernel.apply(p, x), vmap_axes=0))
    np.testing.assert_allclose(kernel(x, y), theirs(x, y, kernel.parameters), rtol=1e-12)


def test_what_is_no_array_of_floats_stays_as_it_is(rng):
    weight = jnp.asarray(rng.normal(size=(2, 3)))
    module = WithStaticParts(weight, jnp.array([0, 2, 3]), 1.5, "chosen", jnp.tanh)
    x = rng.normal(size=(3, 4))
    chosen = x[:, [0, 2, 3]]
    slopes = 1.5 * (1 - np.tanh(1.5 * chosen @ np.asarray(weight).T) ** 2)
    expected = chosen @ chosen.T * (slopes @ slopes.T) / 2
    np.testing.assert_allclose(from_equinox(module)(x), expected, rtol=1e-12)
    dropped = eqx.nn.Sequential([eqx.nn.Linear(4, 2, key=jax.random.key(0)), eqx.nn.Dropout(0.5)])
    with pytest.raises(ValueError, match="Expected items that the network takes.*Dropout"):
        from_equinox(dropped)(x)
    linear = np.asarray(from_equinox(eqx.nn.inference_mode(dropped))(x))
    np.testing.assert_allclose(linear, x @ x.T + 1, rtol=1e-5)


@pytest.mark.slow
def test_bad_input_is_refused(rng):
    with pytest.raises(ValueError, match="Expected a module with arrays of floats"):
        from_equinox(jnp.tanh)
    for wrong in (jnp.arange(3), jnp.ones(3, complex), "text", 3, object()):
        with pytest.raises(ValueError, match="Expected parameters, a pytree of arrays of floats"):
            EmpiricalNTK(lambda w, x: x @ w[0], [jnp.ones(3), wrong])
    with pytest.raises(ValueError, match="Expected outputs of shape"):
        EmpiricalNTK(lambda w, x: (x @ w)[0], jnp.ones(3))(rng.normal(size=(2, 3)))
    with pytest.raises(ValueError, match="Expected an integer ≥ 2 as samples"):
        monte_carlo(lambda key: jnp.zeros(()), samples=1, key=jax.random.key(0))


def test_networks_without_parameters_or_outputs_are_refused(rng):
    x = rng.normal(size=(2, 3))
    with pytest.raises(ValueError, match=r"Expected parameters.* Got none\. Try"):
        EmpiricalNTK(lambda w, x: x, {})
    for apply, got in (
        (lambda w, x: (x @ w,), "tuple"),
        (lambda w, x: x[:, :0] * w[0], r"\(2, 0\)"),
    ):
        with pytest.raises(ValueError, match=rf"Expected outputs of shape .* Got {got}\. Try"):
            EmpiricalNTK(apply, jnp.ones(3))(x)


def test_tangent_kernels_can_be_compared_and_hashed():
    one, other = (EmpiricalNTK(jnp.dot, [jnp.ones(3)]) for _ in range(2))
    assert one == one and one != other and len({one, other, one}) == 2


def test_a_kernel_of_features_is_that_of_what_an_encoder_makes_of_each_batch(rng, monkeypatch):
    x, y = rng.normal(size=(7, 2, 3)), rng.normal(size=(4, 2, 3))
    weights = rng.normal(size=(6, 5))
    seen = []

    def encoder(items):
        assert isinstance(items, np.ndarray) and items.dtype == np.float64
        seen.append(len(items))
        return jnp.tanh(items.reshape(len(items), 6) @ weights)

    monkeypatch.setattr(encoders, "_BATCH", 3)
    left, right = (np.tanh(some.reshape(-1, 6) @ weights) for some in (x, y))
    np.testing.assert_allclose(from_features(encoder)(x), left @ left.T, rtol=1e-12)
    assert seen == [3, 3, 1]
    np.testing.assert_allclose(from_features(encoder)(x, y), left @ right.T, rtol=1e-12)
    trained = from_features(encoder, MLPKernel(2))(x, y)
    np.testing.assert_allclose(trained, MLPKernel(2)(left, right), rtol=1e-12)


def test_an_encoder_may_work_in_place(rng):
    x = rng.normal(size=(4, 3))
    before = x.copy()

    def encoder(items):
        items -= items.mean(axis=1, keepdims=True)
        return items

    centered = x - x.mean(axis=1, keepdims=True)
    for items in (x, jnp.asarray(x)):  # the arrays of JAX cannot be written to
        kernel = from_features(encoder)(items)
        np.testing.assert_allclose(kernel, centered @ centered.T, rtol=1e-12)
    np.testing.assert_array_equal(x, before)


def test_a_linear_readout_has_the_kernel_of_its_features(rng):
    """The tangent kernel of a network of which only the last layer is trained."""
    x, weights = rng.normal(size=(5, 3)), rng.normal(size=(3, 4))
    readout = EmpiricalNTK(lambda w, x: jnp.tanh(x @ weights) @ w, jnp.ones(4))
    features = from_features(lambda x: np.tanh(x @ weights))
    np.testing.assert_allclose(features(x), readout(x), rtol=1e-12)


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (lambda x: x.sum(axis=1), r"of shape \(5, d\), of as many items. Got \(5,\)"),
        (lambda x: x[1:], r"of shape \(5, d\)"),
        (lambda x: x[:, :0], r"of shape \(5, d\)"),
        (lambda x: x / 0 * 0, "finite numbers in the features"),
        (lambda x: x.astype(complex), "real numbers in the features"),
        (lambda x: x.cuda(), "features of a batch of items. Got, of shape .5, 3., AttributeError"),
    ],
)
def test_features_that_are_none_are_refused(encoder, message, rng):
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=f"Expected .*{message}.* Try"):
        from_features(encoder)(rng.normal(size=(5, 3)))


def test_features_that_depend_on_the_batch_in_number_are_refused(rng, monkeypatch):
    monkeypatch.setattr(encoders, "_BATCH", 3)
    with pytest.raises(ValueError, match=r"Expected as many features of each item. Got \[2, 3\]"):
        from_features(lambda x: x @ x.T)(rng.normal(size=(5, 3)))


@pytest.mark.parametrize(("name", "make"), [("torch", from_torch), ("flax", from_flax)])
def test_a_library_that_is_not_installed_is_named_with_what_brings_it(name, make, monkeypatch):
    monkeypatch.setitem(sys.modules, name, None)
    message = rf"Expected {name}, .* Got: .*. Try pip install 'symtheory\[{name}\]'"
    with pytest.raises(ImportError, match=message):
        make(jnp.tanh)


def test_a_network_becomes_a_kernel_and_a_kernel_stays_one(rng):
    x = rng.normal(size=(3, 5))
    network = in_double_precision(5, 4, None)
    np.testing.assert_array_equal(as_kernel(network)(x), from_equinox(network)(x))
    kernel = MLPKernel()
    assert as_kernel(kernel) is kernel
    # What `equinox.filter_jit` returns is a module, whatever it wraps.
    np.testing.assert_allclose(as_kernel(eqx.filter_jit(kernel))(x), kernel(x))
    np.testing.assert_allclose(as_kernel(eqx.filter_jit(network))(x), from_equinox(network)(x))
    for wrong, got in ((3, "3"), (MLPKernel, "the class MLPKernel")):
        with pytest.raises(ValueError, match=f"Expected a network.* Got {got}. Try"):
            as_kernel(wrong)


def test_parameters_are_taken_in_the_precision_of_the_items(rng):
    """In single precision rounding would be larger than a relative ridge of 1e-10."""
    x = rng.normal(size=(4, 5))
    single = MLP(5, 8, 2, key=jax.random.key(2))
    double = jax.tree.map(lambda a: a.astype(float) if eqx.is_array(a) else a, single)
    kernel = from_equinox(single)
    assert kernel(x).dtype == np.float64 and kernel(np.float32(x)).dtype == np.float32
    np.testing.assert_allclose(kernel(x), from_equinox(double)(x), rtol=1e-12)
