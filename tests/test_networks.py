"""Networks and their training, against closed forms and against steps taken one by one."""

from __future__ import annotations

from functools import partial

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from symtheory.empirical import EmpiricalNTK, monte_carlo
from symtheory.networks import MLP, train, train_ensemble
from symtheory.networks.dense import Dense, dropout
from symtheory.networks.training import cross_entropy, half_squared_error, squared_error
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


def test_the_ntk_of_wide_networks_is_the_closed_form(rng):
    """Two hidden layers of 256: within 4 standard errors and the 1/width that is left."""
    x = rng.normal(size=(3, 5))

    def kernel(key):
        sizes = (5, 256, 256, None)
        network = MLP(*sizes, key=key, parametrization="ntk", weight_std=1.2, bias_std=0.3)
        parameters, static = eqx.partition(network, eqx.is_array)
        return EmpiricalNTK(lambda p, x: jax.vmap(eqx.combine(p, static))(x), parameters)(x)

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
    network = MLP(12, 7, 2, key=jax.random.key(1), dtype=jnp.float64)
    x = rng.normal(size=(3, 4))
    first, second = network.layers
    hidden = np.maximum(first.weight @ x.ravel() + first.bias, 0)
    np.testing.assert_allclose(network(x), second.weight @ hidden + second.bias, rtol=1e-12)
    scalar = MLP(12, 7, None, key=jax.random.key(1), parametrization="ntk", weight_std=2.0)
    assert scalar(x).shape == ()
    assert scalar(x).dtype == jnp.float32
    first, second = scalar.layers
    hidden = np.maximum(2 / np.sqrt(12) * (first.weight @ x.ravel()) + first.bias, 0)
    expected = 2 / np.sqrt(7) * (second.weight @ hidden) + second.bias
    np.testing.assert_allclose(scalar(x), expected[0], rtol=1e-5)


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
    network = MLP(5, None, key=jax.random.key(0), dtype=jnp.float64)
    start = y - jax.vmap(network)(x)
    shrink = np.eye(8) - 0.1 * (x @ x.T + 1) / 8
    result = train(
        network, x, y, loss=half_squared_error, optimizer=DESCENT, epochs=30, key=jax.random.key(0)
    )
    residuals = [np.linalg.matrix_power(shrink, k) @ start for k in range(31)]
    np.testing.assert_allclose(y - jax.vmap(result.model)(x), residuals[-1], rtol=1e-10)
    expected = [np.mean(r**2) / 2 for r in residuals[:-1]]
    np.testing.assert_allclose(result.losses, expected, rtol=1e-10)


def test_the_compiled_loop_takes_the_steps_of_a_plain_one(rng):
    """In double precision, so that only the order of sums may differ."""
    x, y = problem(rng)
    network = MLP(6, 8, None, key=jax.random.key(0), dropout=0.3, dtype=jnp.float64)
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


def test_the_same_key_gives_the_same_bits(rng):
    x, y = problem(rng)
    run = partial(
        train, small(jax.random.key(0)), x, y, loss=squared_error, optimizer=ADAM, epochs=3
    )
    first, again, other = (run(batch_size=5, key=jax.random.key(k)) for k in (1, 1, 2))
    assert all(map(np.array_equal, leaves(first.model), leaves(again.model)))
    assert not np.array_equal(first.losses, other.losses)


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
    for sizes in ((), (5,), (5, 0, 1), (None, 3), (5, None, 1), (5.0, 1)):
        with pytest.raises(ValueError, match="Expected at least two sizes"):
            MLP(*sizes, key=key)
    with pytest.raises(ValueError, match='Expected parametrization "standard" or "ntk"'):
        MLP(5, 1, key=key, parametrization="mup")
    with pytest.raises(ValueError, match="Expected a dropout rate"):
        MLP(5, 1, key=key, dropout=1.0)
    with pytest.raises(ValueError, match="Expected weight_std > 0"):
        MLP(5, 1, key=key, parametrization="ntk", weight_std=0.0)
    with pytest.raises(ValueError, match="Expected sizes of layers"):
        Dense(0, 1, key=key)
    x, y = problem(rng)
    run = partial(train, small(key), loss=squared_error, optimizer=ADAM, key=key)
    with pytest.raises(ValueError, match="Expected one target for each input"):
        run(x, y[:-1], epochs=2)
    with pytest.raises(ValueError, match="Expected epochs ≥ 1"):
        run(x, y, epochs=0)
    with pytest.raises(ValueError, match="Expected batch_size ≥ 1"):
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
    with pytest.raises(ValueError, match="Expected together ≥ 1"):
        several(x[None], y[None], together=0)


@pytest.mark.parametrize("targets", [[0, 3], [-1, 0], [0.0, 1.0]])
def test_labels_that_are_no_classes_of_the_network_are_refused(targets):
    """Out of range, each would be a loss of NaN."""
    options = {"loss": cross_entropy, "optimizer": optax.sgd(0.1), "epochs": 1}
    x, key = np.ones((2, 5)), jax.random.key(0)
    with pytest.raises(ValueError, match="integers from 0 to 2 for 3 outputs. Got .* Try outputs="):
        train(MLP(5, 3, key=key), x, targets, key=key, **options)
    with pytest.raises(ValueError, match="integers from 0 to 2 for 3 outputs. Got .* Try outputs="):
        train_ensemble(
            lambda key: MLP(5, 3, key=key), x[None], np.array([targets]), keys=key[None], **options
        )
