"""Training one network or many, each in one compiled loop.

A loop over compiled steps that runs in Python spends most of its time between the steps where
networks are small. Here all steps are one program, and so are all networks of an ensemble.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import as_integer, has_values
from symtheory.networks.items import as_items, precision

__all__ = [
    "UNROLL",
    "Loss",
    "Training",
    "train",
    "train_ensemble",
]

# Steps written out in the body of a loop: on a processor each turn of a compiled loop copies what
# it carries, all parameters, which for small networks takes as long as a step.
UNROLL = 2

Loss = Callable[[Any, Array, Array, Array], Array]


class Training(NamedTuple):
    """A trained network, or, with a further first axis everywhere, an ensemble of them.

    Attributes:
        model: The network after the last epoch.
        losses: Of each epoch, of shape (epochs,): the mean over its batches, each before its step.
        measured: What ``measure`` returned, with a first axis: at the start and after every
            ``measure_every`` epochs, 1 + epochs / measure_every of them. None without ``measure``.
    """

    model: Any
    losses: Array
    measured: Any


def train(
    model: Any,
    inputs: ArrayLike | Array,
    targets: ArrayLike | Array,
    *,
    loss: Loss,
    optimizer: optax.GradientTransformation,
    epochs: int,
    batch_size: int | None = None,
    key: Array,
    measure: Callable[[Any, Array], Any] | None = None,
    measure_every: int = 1,
) -> Training:
    """Train a network, all epochs in one compiled loop.

    What is compiled is kept for further calls with the same shapes and the same ``loss``,
    ``optimizer`` and ``measure``: make these once, not anew for each call. Inputs and targets
    that are floats are converted to the precision of the network.

    Args:
        model: An `equinox.Module`, whose arrays of floats are trained.
        inputs: Of shape (n, *item).
        targets: Of shape (n, ...).
        loss: Takes (model, inputs, targets, key) of any number of items to a scalar. It sees the
            values of all targets once, before anything is compiled, and may refuse them.
        optimizer: Any of optax.
        epochs: At least 1.
        batch_size: The most items in a step. An epoch goes through a fresh permutation of the
            items in ⌈n / batch_size⌉ batches of one size; where that does not divide n, fewer
            items than there are batches are left out, other ones in each epoch. None, or n and
            more: every step takes all items, in the given order.
        key: Draws permutations and is handed on to ``loss``, another one each step.
        measure: Takes (model, epoch) to a pytree of arrays; compiled, so ``epoch`` is an array.
        measure_every: Epochs between two calls of ``measure``; divides ``epochs``.

    Raises:
        ValueError: If a number is out of range, inputs and targets differ in length, the loss
            refuses them, or it is no finite number in the first epoch.
    """
    inputs, targets = _as_data(model, inputs, targets)
    epochs, batch_size, measure_every = _as_counts(epochs, batch_size, measure_every, measure)
    if inputs.ndim < 1 or targets.ndim < 1 or len(inputs) != len(targets) or len(inputs) == 0:
        raise ValueError(
            "Expected one target for each input. "
            f"Got shapes {targets.shape} and {inputs.shape}. Try targets of shape (n, ...)."
        )
    _let_refuse(loss, model, inputs, targets, key)
    loop = _Loop(loss, optimizer, epochs, batch_size, measure, measure_every)
    trained = _train(model, inputs, targets, key, loop)
    _refuse_no_number(trained.losses)
    return trained


def train_ensemble(
    init: Callable[[Array], Any],
    inputs: ArrayLike | Array,
    targets: ArrayLike | Array,
    *,
    loss: Loss,
    optimizer: optax.GradientTransformation,
    epochs: int,
    keys: Array,
    batch_size: int | None = None,
    measure: Callable[..., Any] | None = None,
    measure_every: int = 1,
    extra: Any = None,
    together: int | None = None,
) -> Training:
    """Train many networks of one architecture, each on its own data, in one compiled loop.

    Member i is ``train(init(a), inputs[i], targets[i], key=b, …)`` where
    ``a, b = jax.random.split(keys[i])``.

    Args:
        init: Takes a key to a network.
        inputs: Of shape (members, n, *item).
        targets: Of shape (members, n, ...).
        loss: As `train`.
        optimizer: As `train`.
        epochs: As `train`.
        keys: Of shape (members,), from `jax.random.split`.
        batch_size: As `train`.
        measure: As `train`; if ``extra`` is given, takes (model, epoch, extra of this member).
        measure_every: As `train`.
        extra: A pytree of arrays with a first axis for members, such as test images of each.
        together: How many networks are advanced at a time. By default one on a processor, where
            more are no faster, and all on a GPU.

    Returns:
        As `train`, every array with a first axis for members. ``jax.vmap`` of a function of one
        network applies it to all.

    Raises:
        ValueError: As `train`, or if the first axes differ.
    """
    model = eqx.filter_eval_shape(init, keys[0])
    inputs, targets = _as_data(model, inputs, targets)
    epochs, batch_size, measure_every = _as_counts(epochs, batch_size, measure_every, measure)
    lengths = {len(leaf) for leaf in jax.tree.leaves(extra)} | {len(keys)}
    shapes = (inputs.shape[:2], targets.shape[:2])
    if shapes[0] != shapes[1] or lengths != {len(inputs)} or 0 in shapes[0] or len(shapes[0]) < 2:
        raise ValueError(
            "Expected keys, inputs, targets and extra with one first axis, of members, and then "
            f"one target for each input. Got {len(keys)} keys and shapes {inputs.shape} and "
            f"{targets.shape}. Try numpy.broadcast_to for data that members share."
        )
    items, labels = (
        array.reshape(shape[0] * shape[1], *array.shape[2:])
        for array, shape in zip((inputs, targets), shapes, strict=True)
    )
    _let_refuse(loss, model, items, labels, keys[0])
    if together is None:
        together = 1 if jax.default_backend() == "cpu" else len(keys)
    together = as_integer(together, "together", minimum=1)
    loop = _Loop(loss, optimizer, epochs, batch_size, measure, measure_every)
    trained, losses, measured = _train_all(init, inputs, targets, keys, extra, loop, together)
    _refuse_no_number(losses)
    static = eqx.partition(model, lambda leaf: _is_shape(leaf) or _is_array(leaf))[1]
    return Training(eqx.combine(trained, static), losses, measured)


class _Loop(NamedTuple):
    """What stays the same over a training: settings that are compiled in."""

    loss: Loss
    optimizer: optax.GradientTransformation
    epochs: int
    batch_size: int | None
    measure: Callable[..., Any] | None
    measure_every: int

    def run(
        self, model: Any, inputs: Array, targets: Array, key: Array, *extra: Any
    ) -> tuple[Any, Array, Any]:
        """The trained arrays of the model, losses and what was measured."""
        start, static = eqx.partition(model, eqx.is_inexact_array)
        n = len(inputs)
        batches = 1 if self.batch_size is None else -(-n // self.batch_size)
        every = self.epochs if self.measure is None else self.measure_every

        def of_parameters(parameters: Any, *batch: Array) -> Array:
            return self.loss(eqx.combine(parameters, static), *batch)

        def step(state: tuple[Any, Any], *batch: Array) -> tuple[tuple[Any, Any], Array]:
            parameters, moments = state
            value, gradient = jax.value_and_grad(of_parameters)(parameters, *batch)
            updates, moments = self.optimizer.update(gradient, moments, parameters)
            return (optax.apply_updates(parameters, updates), moments), value

        def epoch(state: Any, number: Array) -> tuple[Any, Array]:
            of_epoch = jax.random.fold_in(key, number)
            if batches == 1:
                return step(state, inputs, targets, of_epoch)
            of_order, of_steps = jax.random.split(of_epoch)
            size = n // batches
            order = jax.random.permutation(of_order, n)[: batches * size].reshape(batches, size)

            def on_batch(state: Any, batch: tuple[Array, Array]) -> tuple[Any, Array]:
                indices, of_step = batch
                return step(state, inputs[indices], targets[indices], of_step)

            # Steps on batches are long: written out, they compile slowly and run no faster.
            of_batches = (order, jax.random.split(of_steps, batches))
            state, values = jax.lax.scan(on_batch, state, of_batches)
            return state, jnp.mean(values)

        def look(parameters: Any, number: Array) -> Any:
            if self.measure is None:
                return None
            return self.measure(eqx.combine(parameters, static), number, *extra)

        def stretch(state: Any, first: Array) -> tuple[Any, tuple[Array, Any]]:
            """The epochs up to the next measurement, and that."""
            numbers = first + jnp.arange(every, dtype=jnp.int32)
            unroll = _unroll(every) if batches == 1 else 1
            state, values = jax.lax.scan(epoch, state, numbers, unroll=unroll)
            return state, (values, look(state[0], first + every))

        firsts = jnp.arange(0, self.epochs, every, dtype=jnp.int32)
        unroll = max(1, UNROLL // every) if batches == 1 else 1
        state, (losses, later) = jax.lax.scan(
            stretch, (start, self.optimizer.init(start)), firsts, unroll=min(unroll, len(firsts))
        )
        at_start = look(start, jnp.zeros((), jnp.int32))
        measured = jax.tree.map(
            lambda first, rest: jnp.concatenate([jnp.asarray(first)[None], rest]), at_start, later
        )
        return state[0], losses.reshape(-1), measured


@eqx.filter_jit
def _train(model: Any, inputs: Array, targets: Array, key: Array, loop: _Loop) -> Training:
    trained, losses, measured = loop.run(model, inputs, targets, key)
    rest = eqx.partition(model, eqx.is_inexact_array)[1]
    return Training(eqx.combine(trained, rest), losses, measured)


@eqx.filter_jit
def _train_all(
    init: Callable[[Array], Any],
    inputs: Array,
    targets: Array,
    keys: Array,
    extra: Any,
    loop: _Loop,
    together: int,
) -> tuple[Any, Array, Any]:
    def member(args: tuple[Array, Array, Array, Any]) -> tuple[Any, Array, Any]:
        x, y, key, own = args
        of_start, of_training = jax.random.split(key)
        further = () if extra is None else (own,)
        start = init(of_start)
        trained, *seen = loop.run(start, x, y, of_training, *further)
        # With what is not trained: tables and masks are each network's own.
        return eqx.filter(eqx.combine(trained, start), _is_array), *seen

    batch = None if together == 1 else together
    trained: tuple[Any, Array, Any] = jax.lax.map(
        member, (inputs, targets, keys, extra), batch_size=batch
    )
    return trained


def _let_refuse(loss: Loss, model: Any, inputs: Array, targets: Array, key: Array) -> None:
    """Let the loss look at all data before anything is compiled, where nobody sees values."""
    arrays, static = eqx.partition(model, lambda leaf: eqx.is_array(leaf) or _is_shape(leaf))
    # What is closed over keeps its values, while the network is abstract: nothing is computed.
    jax.eval_shape(lambda some: loss(eqx.combine(some, static), inputs, targets, key), arrays)


def _refuse_no_number(losses: Array) -> None:
    """Raise a ValueError unless losses are finite in the first epoch, if they have values."""
    if has_values(losses) and not np.isfinite(np.asarray(losses[..., 0])).all():
        raise ValueError(
            "Expected losses that are finite numbers in the first epoch. "
            f"Got {np.asarray(losses[..., 0])}. Try targets that the loss is made for, such as "
            "classes from 0, or a smaller learning rate."
        )


def _unroll(length: int) -> int:
    return min(UNROLL, length)


def _is_array(leaf: Any) -> bool:
    return eqx.is_array(leaf) or isinstance(leaf, np.ndarray)


def _is_shape(leaf: Any) -> bool:
    return isinstance(leaf, jax.ShapeDtypeStruct)


def _as_data(
    model: Any, inputs: ArrayLike | Array, targets: ArrayLike | Array
) -> tuple[Array, Array]:
    """Inputs and targets, floats in the precision of the model."""
    dtype = precision(model)
    if dtype is None:
        raise ValueError(
            "Expected a model with arrays of floats to train. Got none. Try MLP(784, 10, key=key)."
        )
    return as_items(inputs, "inputs", dtype), as_items(targets, "targets", dtype)


def _as_counts(
    epochs: object, batch_size: object, measure_every: object, measure: object
) -> tuple[int, int | None, int]:
    """The counts of a training as Python integers.

    Raises:
        ValueError: If one is below 1, or measure_every does not divide the epochs.
    """
    number = as_integer(epochs, "epochs", minimum=1)
    size = None if batch_size is None else as_integer(batch_size, "batch_size", minimum=1)
    every = as_integer(measure_every, "measure_every", minimum=1)
    if measure is not None and number % every:
        raise ValueError(
            f"Expected measure_every to divide the {number} epochs. Got {every}. Try 1."
        )
    return number, size, every
