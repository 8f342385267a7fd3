"""Kernels in closed form, and of finite networks."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from bad_calls.inputs import Right, choice, given, integer, integers, key, number, real, thing
from bad_calls.outcomes import call
from symtheory import empirical, kernels, neural_tangents, ntk
from symtheory.networks import MLP

NOT_CALLED = {
    "kernels.Kernel",
    "empirical.MonteCarlo",
    "empirical.from_flax",  # these two in frameworks/, where there are networks of such a kind
    "empirical.from_torch",
    "neural_tangents.import_neural_tangents",
}

KEY = jax.random.key(0)
X = np.array([[1.0, 0.5], [-0.25, 2.0], [0.0, 1.0]])
IMAGES = np.random.default_rng(0).normal(size=(2, 4, 4))
ORBITS = X.reshape(3, 1, 2).repeat(2, axis=1)
NETWORK = {
    "depth": integer(2),
    "weight_std": number(1.5),
    "bias_std": number(0.5),
    "kind": choice("nngp"),
}
ON_IMAGES = {**NETWORK, "filter_shape": integers((3, 3)), "padding": choice("zero")}


def on_rows(kernel, x=X):
    """Calls of a kernel with one array, and with two."""
    return call(kernel, x=real(x), y=real(x[:1]).but(Right.EITHER, "None"))


EXAMPLES = {
    "kernels.Averaged": call(
        kernels.Averaged,
        kernel=thing(kernels.RBF()),
        transform=thing(lambda x: np.stack([x, -x], axis=1)),
    ),
    "kernels.Averaged: call": on_rows(
        kernels.Averaged(kernels.RBF(), lambda x: np.stack([x, -x], axis=1))
    ),
    "kernels.Linear": call(kernels.Linear),
    "kernels.Linear: call": on_rows(kernels.Linear()),
    "kernels.RBF": call(kernels.RBF, inverse_length=number(1.5)),
    "kernels.RBF: call": on_rows(kernels.RBF(0.5)),
    "kernels.as_vectors": call(
        kernels.as_vectors, x=real(X), y=real(X[:1]).but(Right.EITHER, "None")
    ),
    "kernels.first_rows": call(
        kernels.first_rows, kernel=thing(kernels.RBF()), orbits=real(ORBITS)
    ),
    "kernels.gram": call(kernels.gram, kernel=thing(kernels.RBF()), orbits=real(ORBITS)),
    "kernels.squared_distances": call(
        kernels.squared_distances, x=real(X), y=real(X[:1]).but(Right.EITHER, "None")
    ),
    "ntk.AttentionKernel": call(
        ntk.AttentionKernel,
        **NETWORK,
        patch_shape=integers((2, 2)),
        positional_std=number(1.0),
        attention_scale=number(0.5).but(Right.EITHER, "negative"),
        pooling=choice("none"),
    ),
    "ntk.AttentionKernel: call": on_rows(ntk.AttentionKernel(patch_shape=(2, 2)), IMAGES),
    "ntk.CNNKernel": call(ntk.CNNKernel, **ON_IMAGES, pooling=choice("global")),
    "ntk.CNNKernel: call": on_rows(ntk.CNNKernel(), IMAGES),
    "ntk.GroupCNNKernel": call(ntk.GroupCNNKernel, **ON_IMAGES, symmetry=choice("p4")),
    "ntk.GroupCNNKernel: call": on_rows(ntk.GroupCNNKernel(), IMAGES),
    "ntk.MLPKernel": call(ntk.MLPKernel, **NETWORK),
    "ntk.MLPKernel: call": on_rows(ntk.MLPKernel()),
    "ntk.arc_cosine": call(
        ntk.arc_cosine,
        cosine=real([0.5, -0.25, 1.0]).but(Right.EITHER, "scalar"),
        order=integer(1, minimum=0),
    ),
    "empirical.EmpiricalNTK": call(
        empirical.EmpiricalNTK,
        apply=thing(lambda parameters, x: x @ parameters),
        parameters=given(jnp.ones((2, 1))),
        outputs=choice("exact"),
    ),
    "empirical.as_kernel": call(
        empirical.as_kernel, network=thing(MLP(2, 3, 1, key=KEY), MLP, jnp.ones(3))
    ),
    "empirical.from_features": call(
        empirical.from_features, f=thing(np.tanh), kernel=thing(kernels.RBF(0.5))
    ),
    "empirical.from_features: call": on_rows(empirical.from_features(np.tanh, kernels.RBF(0.5))),
    "empirical.from_equinox": call(
        empirical.from_equinox,
        module=thing(MLP(2, 3, 1, key=KEY)),
        outputs=choice("exact"),
    ),
    "empirical.from_equinox: call": on_rows(
        lambda x, y=None: empirical.from_equinox(MLP(2, 3, None, key=KEY))(x, y)
    ),
    "empirical.EmpiricalNTK: call": on_rows(
        empirical.EmpiricalNTK(lambda parameters, x: x @ parameters, jnp.ones((2, 1)))
    ),
    "empirical.monte_carlo": call(
        empirical.monte_carlo,
        draw=thing(partial(jax.random.normal, shape=(2,))),
        samples=integer(4, minimum=2),
        key=key(jax.random.key(0)),
    ),
    "neural_tangents.from_stax": call(
        neural_tangents.from_stax,
        kernel_fn=thing(lambda x, y=None, get=None: x @ (x if y is None else y).T),
        kind=choice("nngp"),
    ),
}
