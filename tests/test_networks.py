"""Networks and their training, against closed forms and against steps taken one by one."""

from __future__ import annotations

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from symtheory.empirical import from_equinox, monte_carlo
from symtheory.networks import (
    MLP,
    Parametrization,
    cross_entropy,
    half_squared_error,
    squared_error,
    train,
    train_ensemble,
)
from symtheory.networks.dense import Dense, dropout
from symtheory.networks.parametrization import as_parametrization
from symtheory.ntk import MLPKernel

ADAM = optax.adam(1e-2)
DESCENT = optax.sgd(0.1)


def problem(rng, n=10, inputs=6):
    x = rng.normal(size=(n, inputs))
    return x, np.where(rng.normal(size=n) > 0, 1.0, -1.0)


def small(key):
    return MLP(6, 8, None, key=key)


def leaves(model):
    return [np.asarray(leaf) for leaf in jax.tree.leaves(eqx.filter(model, eqx.is_array))]


# The network


@pytest.mark.slow
def test_the_ntk_of_wide_networks_is_the_closed_form(rng):
    """Two hidden layers of 256: within 4 standard errors and the 1/width that is left."""
    x = rng.normal(size=(3, 5))

    def kernel(key):
        sizes = (5, 256, 256, None)
        network = MLP(*sizes, key=key, parametrization=Parametrization("ntk", 1.2, 0.3))
        return from_equinox(network)(x)

    expected = np.asarray(MLPKernel(2, 1.2, 0.3)(x))
    mean, error = monte_carlo(kernel, samples=100, key=jax.random.key(0))
    assert (np.abs(mean - expected) < 4 * error + expected / 256).all()
    assert (np.asarray(error) < 0.02 * expected.max()).all()


def test_the_standard_parametrization_is_uniform_within_one_over_root_fan_in():
    layer = Dense(400, 300, key=jax.random.key(0))
    for values in (layer.weight, layer.bias):
        assert np.abs(values).max() <= 0.05
    assert np.abs(layer.weight).max() > 0.0499
    # The variance of the uniform distribution, b²/3; its estimate from n draws is off by √(4/5n).
    np.testing.assert_allclose(np.var(layer.weight), 0.05**2 / 3, rtol=4 * np.sqrt(0.8 / 120_000))


def test_a_network_written_out(rng):
    network = MLP(
        12, 7, 2, key=jax.random.key(1), parametrization=Parametrization(dtype=jnp.float64)
    )
    x = rng.normal(size=(3, 4))
    first, second = network.layers
    hidden = np.maximum(first.weight @ x.ravel() + first.bias, 0)
    np.testing.assert_allclose(network(x), second.weight @ hidden + second.bias, rtol=1e-12)
    scalar = MLP(12, 7, None, key=jax.random.key(1), parametrization=Parametrization("ntk", 2.0))
    assert scalar(x).shape == ()
    assert scalar(x).dtype == jnp.float32
    first, second = scalar.layers
    hidden = np.maximum(2 / np.sqrt(12) * (first.weight @ x.ravel()) + first.bias, 0)
    expected = 2 / np.sqrt(7) * (second.weight @ hidden) + second.bias
    np.testing.assert_allclose(scalar(x), expected[0], rtol=1e-5)


@pytest.mark.slow
def test_dropout_keeps_the_mean_and_is_off_without_a_key():
    x = jnp.ones(40_000, jnp.float32)
    dropped = dropout(x, 0.25, jax.random.key(0))
    assert dropped.dtype == jnp.float32
    np.testing.assert_allclose(np.unique(dropped), [0, 4 / 3], rtol=1e-6)
    np.testing.assert_allclose(np.mean(dropped), 1, atol=4 * np.sqrt(1 / 3 / 40_000))
    network = MLP(6, 50, 3, key=jax.random.key(0), dropout=0.5)
    key, other = jax.random.split(jax.random.key(3))
    assert np.array_equal(network(x[:6], key=key), network(x[:6], key=key))
    assert not np.array_equal(network(x[:6], key=key), network(x[:6], key=other))
    without = MLP(6, 50, 3, key=jax.random.key(0))
    assert np.array_equal(network(x[:6]), without(x[:6], key=key))


# Training


def test_a_linear_problem_is_solved_as_in_closed_form(rng):
    """Gradient descent on ½⟨(f - y)²⟩: residuals shrink by (1 - η K/n) in every step, K = XXᵀ."""
    x, y = rng.normal(size=(8, 5)), rng.normal(size=8)
    network = MLP(
        5, None, key=jax.random.key(0), parametrization=Parametrization(dtype=jnp.float64)
    )
    start = y - jax.vmap(network)(x)
    shrink = np.eye(8) - 0.1 * (x @ x.T + 1) / 8
    result = train(
        network, x, y, loss=half_squared_error, optimizer=DESCENT, epochs=30, key=jax.random.key(0)
    )
    residuals = [np.linalg.matrix_power(shrink, k) @ start for k in range(31)]
    np.testing.assert_allclose(y - jax.vmap(result.model)(x), residuals[-1], rtol=1e-10)
    expected = [np.mean(r**2) / 2 for r in residuals[:-1]]
    np.testing.assert_allclose(result.losses, expected, rtol=1e-10)


@pytest.mark.slow
def test_the_compiled_loop_takes_the_steps_of_a_plain_one(rng):
    """In double precision, so that only the order of sums may differ."""
    x, y = problem(rng)
    network = MLP(
        6,
        8,
        None,
        key=jax.random.key(0),
        dropout=0.3,
        parametrization=Parametrization(dtype=jnp.float64),
    )
    key = jax.random.key(5)
    result = train(
        network, x, y, loss=squared_error, optimizer=ADAM, epochs=4, batch_size=4, key=key
    )
    moments, losses = ADAM.init(eqx.filter(network, eqx.is_array)), []

    @eqx.filter_jit
    def step(network, moments, *batch):
        value, gradient = eqx.filter_value_and_grad(squared_error)(network, *batch)
        updates, moments = ADAM.update(gradient, moments)
        return eqx.apply_updates(network, updates), moments, value

    for epoch in range(4):
        of_order, of_steps = jax.random.split(jax.random.fold_in(key, epoch))
        # Three batches of 3: 4 do not divide 10, and one item is left out.
        order = jax.random.permutation(of_order, 10)[:9].reshape(3, 3)
        for indices, of_step in zip(order, jax.random.split(of_steps, 3), strict=True):
            network, moments, value = step(network, moments, x[indices], y[indices], of_step)
            losses.append(value)
    for ours, theirs in zip(leaves(result.model), leaves(network), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(result.losses, np.mean(np.reshape(losses, (4, 3)), axis=1))


@pytest.mark.slow
def test_a_member_of_an_ensemble_is_a_network_trained_alone(rng):
    """Up to sums in another order, since the programs that are compiled differ."""
    data = [problem(rng) for _ in range(3)]
    x, y = (np.stack(part) for part in zip(*data, strict=True))
    settings = {"loss": squared_error, "optimizer": ADAM, "epochs": 6}
    keys = jax.random.split(jax.random.key(7), 3)
    alone = []
    for i in range(3):
        of_start, of_training = jax.random.split(keys[i])
        alone.append(train(small(of_start), x[i], y[i], key=of_training, **settings))
    for together in (1, 2):
        all_three = train_ensemble(small, x, y, keys=keys, together=together, **settings)
        assert all_three.losses.shape == (3, 6)
        assert all_three.losses.dtype == jnp.float32
        for i in range(3):
            np.testing.assert_allclose(all_three.losses[i], alone[i].losses, rtol=1e-5)
            for ours, theirs in zip(leaves(all_three.model), leaves(alone[i].model), strict=True):
                np.testing.assert_allclose(ours[i], theirs, rtol=1e-5, atol=1e-6)
    outputs = jax.vmap(lambda network, item: network(item))(all_three.model, x[:, 0])
    assert outputs.shape == (3,)


class Shuffled(eqx.Module):
    """A network of the entries of an item in an order of its own, without some of them."""

    network: MLP
    order: jax.Array
    kept: np.ndarray

    def __init__(self, key):
        """Draw weights and order."""
        self.network = MLP(6, 8, None, key=key)
        self.order = jax.random.permutation(key, 6)
        self.kept = np.array([True, False, True, True, True, True])

    def __call__(self, x, *, key=None):
        """One output."""
        return self.network(x[self.order] * self.kept)


@pytest.mark.slow
def test_an_ensemble_keeps_the_tables_and_masks_of_its_networks(rng):
    x, y = (np.stack([part] * 2) for part in problem(rng))
    keys = jax.random.split(jax.random.key(3), 2)
    settings = {"loss": squared_error, "optimizer": ADAM, "epochs": 3}
    ensemble = train_ensemble(Shuffled, x, y, keys=keys, **settings).model
    outputs = jax.vmap(lambda network, item: network(item))(ensemble, x[:, 0])
    for i, key in enumerate(keys):
        of_start, of_training = jax.random.split(key)
        alone = train(Shuffled(of_start), x[i], y[i], key=of_training, **settings).model
        np.testing.assert_array_equal(ensemble.order[i], alone.order)
        np.testing.assert_array_equal(ensemble.kept[i], alone.kept)
        np.testing.assert_allclose(outputs[i], alone(jnp.float32(x[i, 0])), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
def test_the_same_key_gives_the_same_bits(rng):
    x, y = problem(rng)
    run = partial(
        train, small(jax.random.key(0)), x, y, loss=squared_error, optimizer=ADAM, epochs=3
    )
    first, again, other = (run(batch_size=5, key=jax.random.key(k)) for k in (1, 1, 2))
    assert all(map(np.array_equal, leaves(first.model), leaves(again.model)))
    assert not np.array_equal(first.losses, other.losses)


@pytest.mark.slow
def test_measurements_are_taken_at_the_start_and_on_the_way(rng):
    x, y = problem(rng)

    def measure(network, epoch, item=x[0]):
        return {"epoch": epoch, "output": network(item)}

    network = small(jax.random.key(0))
    settings = {"loss": squared_error, "optimizer": ADAM}
    result = train(
        network, x, y, epochs=6, key=jax.random.key(1), measure=measure, measure_every=3, **settings
    )
    assert result.measured["epoch"].tolist() == [0, 3, 6]
    shorter = train(network, x, y, epochs=3, key=jax.random.key(1), **settings)
    outputs = [network(x[0]), shorter.model(x[0]), result.model(x[0])]
    np.testing.assert_allclose(result.measured["output"], outputs, rtol=1e-5)
    assert shorter.measured is None
    ensemble = train_ensemble(
        small,
        x[None],
        y[None],
        epochs=2,
        keys=jax.random.split(jax.random.key(1), 1),
        measure=measure,
        extra=x[None, 4],
        **settings,
    )
    assert ensemble.measured["output"].shape == (1, 3)
    np.testing.assert_allclose(
        ensemble.measured["output"][0, -1],
        jax.tree.map(lambda leaf: leaf[0], ensemble.model)(x[4]),
        rtol=1e-5,
    )


@pytest.mark.slow
def test_classes_are_learned_by_cross_entropy(rng):
    x = rng.normal(size=(60, 6))
    labels = np.argmax(x[:, :3], axis=1)
    network = MLP(6, 32, 3, key=jax.random.key(0), dropout=0.1)
    result = train(
        network,
        x,
        labels,
        loss=cross_entropy,
        optimizer=ADAM,
        epochs=60,
        batch_size=20,
        key=jax.random.key(1),
    )
    assert result.losses[0] > 0.8  # log 3 = 1.1 of a guess
    assert (np.argmax(jax.vmap(result.model)(x), axis=1) == labels).mean() > 0.95


def test_bad_input_is_refused(rng):
    key = jax.random.key(0)
    for sizes in ((), (5,)):
        with pytest.raises(ValueError, match="Expected at least two sizes"):
            MLP(*sizes, key=key)
    for sizes in ((5, 0, 1), (None, 3), (5, None, 1), (5.0, 1)):
        with pytest.raises(ValueError, match="Expected an integer ≥ 1 as size in sizes of an MLP"):
            MLP(*sizes, key=key)
    with pytest.raises(ValueError, match='Expected parametrization "standard" or "ntk"'):
        Parametrization("mup")
    with pytest.raises(ValueError, match="Expected a dropout rate"):
        MLP(5, 1, key=key, dropout=1.0)
    with pytest.raises(ValueError, match="Expected a finite number > 0 as weight_std"):
        Parametrization("ntk", weight_std=0.0)
    with pytest.raises(ValueError, match=r'Try Parametrization\("ntk", 2.0, 1.0\)'):
        Parametrization(weight_std=2.0)
    with pytest.raises(ValueError, match="Expected an integer ≥ 1 as size in inputs and outputs"):
        Dense(0, 1, key=key)
    x, y = problem(rng)
    run = partial(train, small(key), loss=squared_error, optimizer=ADAM, key=key)
    with pytest.raises(ValueError, match="Expected one target for each input"):
        run(x, y[:-1], epochs=2)
    with pytest.raises(ValueError, match="Expected an integer ≥ 1 as epochs"):
        run(x, y, epochs=0)
    with pytest.raises(ValueError, match="Expected an integer ≥ 1 as batch_size"):
        run(x, y, epochs=1, batch_size=0)
    with pytest.raises(ValueError, match="Expected measure_every to divide the 3 epochs"):
        run(x, y, epochs=3, measure=lambda network, epoch: epoch, measure_every=2)
    with pytest.raises(ValueError, match="Expected a model with arrays of floats"):
        train("a network", x, y, loss=squared_error, optimizer=ADAM, epochs=1, key=key)
    several = partial(
        train_ensemble, small, loss=squared_error, optimizer=ADAM, epochs=1, keys=key[None]
    )
    with pytest.raises(ValueError, match="Expected keys, inputs, targets and extra with one"):
        several(np.stack([x, x]), np.stack([y, y]))
    with pytest.raises(ValueError, match="Expected keys, inputs, targets and extra with one"):
        several(x[None], y[None], extra=np.zeros(2))
    with pytest.raises(ValueError, match="Expected an integer ≥ 1 as together"):
        several(x[None], y[None], together=0)


def wrapped(model, inputs, targets, key):
    return 2 * cross_entropy(model, inputs, targets, key)


@pytest.mark.parametrize("targets", [[0, 3], [-1, 0], [0.0, 1.0]])
@pytest.mark.parametrize("loss", [cross_entropy, wrapped])
def test_labels_that_are_no_classes_of_the_network_are_refused(targets, loss):
    """-1 would be the last class, 3 a loss of NaN."""
    options = {"loss": loss, "optimizer": DESCENT, "epochs": 1}
    x, key = np.ones((2, 5)), jax.random.key(0)
    network = MLP(5, 3, key=key)
    refused = pytest.raises(ValueError, match="integers of shape .* from 0 to 2 for 3 outputs. Got")
    with refused:
        loss(network, x, targets, key)
    with refused:
        jax.grad(lambda scale: loss(lambda x, key: scale * network(x), x, targets, key))(2.0)
    with refused:
        train(network, x, targets, key=key, **options)
    with refused:
        train_ensemble(
            lambda key: MLP(5, 3, key=key), x[None], np.array([targets]), keys=key[None], **options
        )


@pytest.mark.slow
@pytest.mark.parametrize("wrong", [3, -1])
def test_a_label_that_nobody_sees_makes_no_number(wrong):
    """Made inside a compiled training, it is refused afterwards; inside `jax.jit` all is NaN."""
    x, key = np.ones((2, 5)), jax.random.key(0)
    network = MLP(5, 3, key=key)
    compiled = eqx.filter_jit(eqx.filter_value_and_grad(cross_entropy))
    value, gradient = compiled(network, x, jnp.array([0, wrong]), key)
    assert np.isnan(value)
    assert all(np.isnan(leaf).all() for leaf in leaves(gradient))

    def shifted(model, inputs, targets, key):
        return cross_entropy(model, inputs, jnp.where(targets == 2, wrong, targets), key)

    options = {"loss": shifted, "optimizer": DESCENT, "epochs": 1, "batch_size": 1}
    train(network, x, [0, 1], key=key, **options)
    with pytest.raises(ValueError, match="Expected losses that are finite numbers in the first"):
        train(network, x, [0, 2], key=key, **options)
    with pytest.raises(ValueError, match="Expected losses that are finite numbers in the first"):
        train_ensemble(
            lambda key: MLP(5, 3, key=key), x[None], np.array([[0, 2]]), keys=key[None], **options
        )


@pytest.mark.slow
def test_targets_of_another_shape_are_refused(rng):
    """(n,) and (n, 1) would broadcast to the differences of all pairs."""
    x, y = problem(rng)
    key = jax.random.key(0)
    one, column = MLP(6, None, key=key), MLP(6, 1, key=key)
    for loss in (squared_error, half_squared_error):
        assert np.isfinite(loss(one, x, y, key)) and np.isfinite(loss(column, x, y[:, None], key))
        for network, targets in ((one, y[:, None]), (column, y), (one, y[:-1]), (one, y[0])):
            with pytest.raises(ValueError, match="Expected targets of the shape of the outputs"):
                loss(network, x, targets, key)


def test_double_precision_is_refused_where_jax_has_none(without_x64):
    with pytest.raises(ValueError, match="Try jax.config.update"):
        Parametrization(dtype="float64")


@pytest.mark.slow
def test_a_parametrization_is_checked_once_for_all_layers():
    with pytest.raises(ValueError, match="Expected a Parametrization. Got 'ntk'"):
        as_parametrization("ntk")
    for dtype in (int, complex, None, "seven"):
        with pytest.raises(ValueError, match="Expected dtype, a type of floats"):
            Parametrization(dtype=dtype)
    with pytest.raises(ValueError, match="Got abstract values, inside jax.jit"):
        jax.jit(lambda std: Parametrization("ntk", std).weight_std)(1.0)
    assert Parametrization("ntk", 1, 0) == Parametrization("ntk", np.float64(1), jnp.zeros(()))
