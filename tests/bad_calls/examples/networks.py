"""Networks and their training."""

import jax
import numpy as np
import optax

from bad_calls.inputs import (
    choice,
    fixed,
    given,
    integer,
    integers,
    key,
    number,
    real,
    thing,
)
from bad_calls.outcomes import call
from symtheory import networks
from symtheory.networks.training import squared_error

NOT_CALLED = {"networks.Training"}

KEY = jax.random.key(0)
SHAPE = integers((4, 4))
OF_ALL = {
    "key": key(KEY),
    "parametrization": choice("ntk"),
    "weight_std": number(1.5),
    "bias_std": number(0.5),
}
MLP = networks.MLP(2, 3, 1, key=KEY)
X, Y = np.eye(2, dtype=np.float32), np.ones((2, 1), np.float32)
LOOP = {
    "loss": thing(squared_error),
    "optimizer": thing(optax.sgd(0.1)),
    "epochs": integer(2),
    "batch_size": integer(1),
}

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
        sizes=integers((2, 3, 1)),
        dropout=number(0.5),
        **OF_ALL,
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
    "networks.train": call(
        networks.train,
        model=thing(MLP),
        inputs=fixed(X),
        targets=real(Y),
        key=key(KEY),
        **LOOP,
    ),
    "networks.train_ensemble": call(
        networks.train_ensemble,
        init=thing(lambda key: networks.MLP(2, 3, 1, key=key)),
        inputs=fixed(X[None]),
        targets=real(Y[None]),
        keys=given(jax.random.split(KEY, 1)),
        **LOOP,
    ),
}
