"""Networks and their training."""

import jax
import numpy as np
import optax

from bad_calls.inputs import (
    Right,
    choice,
    elements,
    fixed,
    given,
    integer,
    integers,
    key,
    number,
    thing,
)
from bad_calls.outcomes import call
from symtheory import networks

NOT_CALLED = {"networks.Training"}

KEY = jax.random.key(0)
SHAPE = integers((12, 12))
OF_ALL = {"key": key(KEY), "parametrization": thing(networks.Parametrization("ntk", 1.5, 0.5))}
CNN = networks.CNN((12, 12), channels=(2, 2), filters=(3, 3), hidden=3, outputs=2, key=KEY)
MLP = networks.MLP(2, 3, 1, key=KEY)
VIT = networks.ViT((12, 12), patch=4, width=4, depth=1, heads=2, hidden=3, outputs=2, key=KEY)
X, Y = np.eye(2, dtype=np.float32), np.ones((2, 1), np.float32)
LOOP = {
    "loss": thing(networks.squared_error),
    "optimizer": thing(optax.sgd(0.1)),
    "epochs": integer(2),
    "batch_size": integer(1).but(Right.EITHER, "None"),
}

IMAGES = np.random.default_rng(0).normal(size=(2, 12, 12)).astype(np.float32)
CLASSIFIER = networks.MLP(2, 3, key=KEY)


def on_batch(loss, model, targets):
    """Calls of a loss."""
    return call(loss, model=thing(model), inputs=fixed(X), targets=targets, key=key(KEY))


EXAMPLES = {
    "networks.CNN": call(
        networks.CNN,
        image_shape=SHAPE,
        channels=integers((2, 2)),
        filters=integers((3, 3)),
        hidden=integer(3),
        outputs=integer(2),
        **OF_ALL,
    ),
    "networks.MLP": call(
        lambda sizes, **settings: networks.MLP(*sizes, **settings),
        sizes=integers((2, 3, 1)).but(Right.NO_VALUE, "one number"),
        dropout=number(0.5),
        **OF_ALL,
    ),
    "networks.Parametrization": call(
        networks.Parametrization,
        name=choice("ntk"),
        weight_std=number(1.5),
        bias_std=number(0.5),
        dtype=thing(np.float32, int, complex),
    ),
    "networks.ViT": call(
        networks.ViT,
        image_shape=SHAPE,
        patch=integer(2),
        width=integer(4),
        depth=integer(1),
        heads=integer(2),
        hidden=integer(3),
        outputs=integer(2),
        **OF_ALL,
    ),
    "networks.CNN: call": call(CNN, x=fixed(IMAGES[0])),
    "networks.MLP: call": call(MLP, x=fixed(X[0])),
    "networks.ViT: call": call(VIT, x=fixed(IMAGES[0])),
    "networks.cross_entropy": on_batch(
        networks.cross_entropy,
        CLASSIFIER,
        elements([2, 0], 3).but(Right.REFUSED, "none", "one fewer", "one more", "twice"),
    ),
    "networks.half_squared_error": on_batch(networks.half_squared_error, MLP, fixed(Y)),
    "networks.squared_error": on_batch(networks.squared_error, MLP, fixed(Y)),
    "networks.train": call(
        networks.train,
        model=thing(MLP),
        inputs=fixed(X),
        targets=fixed(Y),
        key=key(KEY),
        **LOOP,
    ),
    "networks.train_ensemble": call(
        networks.train_ensemble,
        init=thing(lambda key: networks.MLP(2, 3, 1, key=key)),
        inputs=fixed(X[None]),
        targets=fixed(Y[None]),
        keys=given(jax.random.split(KEY, 1)),
        **LOOP,
    ),
}
