"""What training makes small: losses of a batch, for `symtheory.networks.train`."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array
from numpy.typing import ArrayLike

from symtheory._checks import ensure, has_values, uncopied
from symtheory.networks.items import as_floats, as_items, precision

__all__ = ["cross_entropy", "half_squared_error", "squared_error"]


def squared_error(
    model: Any, inputs: ArrayLike | Array, targets: ArrayLike | Array, key: Array
) -> Array:
    """The mean of (f(x) - y)², over items and outputs.

    Args:
        model: Takes an item and a key to outputs.
        inputs: Of shape (n, *item).
        targets: Of the shape of the outputs, (n,) or (n, outputs).
        key: Of `jax.random`; each item has its own part of it.

    Raises:
        ValueError: If targets have another shape than the outputs, or are none.
    """
    outputs = _outputs(model, inputs, key)
    targets = as_floats(targets, "targets", outputs.dtype)
    if outputs.shape != targets.shape or not targets.size:
        # Of shapes (n, 1) and (n,) broadcasting would make the differences of all pairs.
        raise ValueError(
            f"Expected targets of the shape of the outputs, {outputs.shape}. "
            f"Got shape {targets.shape}. Try targets[:, None], or MLP(…, None) of one output."
        )
    return jnp.mean(jnp.square(outputs - targets))


def half_squared_error(
    model: Any, inputs: ArrayLike | Array, targets: ArrayLike | Array, key: Array
) -> Array:
    """Half of `squared_error`, whose flow `symtheory.regression.gradient_flow` follows."""
    return squared_error(model, inputs, targets, key) / 2


def cross_entropy(
    model: Any, inputs: ArrayLike | Array, targets: ArrayLike | Array, key: Array
) -> Array:
    """The mean over items of -log softmax(f(x))_y, in nats.

    Args:
        model: Takes an item and a key to outputs of shape (classes,).
        inputs: Of shape (n, *item).
        targets: Classes y, integers from 0, of shape (n,). Inside `jax.jit`, one that is out of
            range makes the loss NaN.
        key: Of `jax.random`; each item has its own part of it.

    Raises:
        ValueError: If targets are not one class of the network for each item.
    """
    outputs = _outputs(model, inputs, key)
    uncopied(targets, "targets")
    known = has_values(targets) and has_values(*jax.tree.leaves(targets))
    labels: Any = np.asarray(targets) if known else jnp.asarray(targets)
    expected = f"Expected classes as targets, integers of shape {outputs.shape[:1]}"
    if outputs.ndim != 2 or labels.shape != outputs.shape[:1] or not labels.size:
        raise ValueError(
            f"{expected}, for outputs of shape (n, classes). Got shapes {labels.shape} and "
            f"{outputs.shape}. Try one class for each item, and one output for each class."
        )
    classes = outputs.shape[1]
    expected += f" from 0 to {classes - 1} for {classes} outputs"
    if not jnp.issubdtype(labels.dtype, jnp.integer):
        raise ValueError(f"{expected}. Got {labels.dtype}. Try targets.astype(int).")
    inside = (labels >= 0) & (labels < classes)
    losses = optax.softmax_cross_entropy_with_integer_labels(
        outputs, jnp.asarray(labels * inside, jnp.int32)
    )
    losses = ensure(
        losses,
        inside,
        lambda: (
            f"{expected}. Got {labels.min()} to {labels.max()}. "
            "Try numpy.unique(targets, return_inverse=True)[1], or more outputs."
        ),
    )
    return jnp.mean(losses)


def _outputs(model: Any, inputs: ArrayLike | Array, key: Array) -> Array:
    items = as_items(inputs, "inputs", precision(model))
    if not items.ndim or not len(items):
        raise ValueError(
            f"Expected inputs of shape (n, *item). Got shape {items.shape}. Try inputs[None]."
        )
    keys = jax.random.split(key, len(items))
    return jax.vmap(lambda x, of_item: model(x, key=of_item))(items, keys)
