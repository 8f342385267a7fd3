"""The networks that are forecast and trained: how each is made, its kernels, and its training.

Each is small, and takes images of norm 28, pixels of order one.
"""

from __future__ import annotations

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import Array

from symtheory.empirical import from_equinox
from symtheory.experiments.diagnosis.candidate import RATES, Network
from symtheory.experiments.shared.modules import in_double
from symtheory.experiments.shared.pose_task import CLASSES, Images, predicted_classes
from symtheory.kernels import Kernel
from symtheory.networks import CNN, MLP, ViT, cross_entropy, train
from symtheory.networks.tangent import tangent_kernel
from symtheory.ntk import CNNKernel, MLPKernel

__all__ = ["closed_form", "draw_model", "network"]

# Made once for each: `train` compiles anew for each optimizer that it has not met.
_OPTIMIZERS = {name: optax.adam(rate) for name, rate in RATES.items()}


def draw_model(name: str, key: Array, image_shape: tuple[int, int]) -> Any:
    """A network of `symtheory.networks`, drawn: "mlp", "cnn" or "vit"."""
    if name == "mlp":
        return MLP(image_shape[0] * image_shape[1], 128, CLASSES, key=key)
    if name == "cnn":
        return CNN(image_shape, channels=(4, 8), filters=(5, 5), hidden=32, key=key)
    return ViT(image_shape, patch=14, width=32, depth=1, hidden=64, key=key)


def network(name: str, key: Array, image_shape: tuple[int, int]) -> Network:
    """A network of the experiment, drawn.

    Args:
        name: "mlp", "cnn" or "vit", of `symtheory.networks`; "torch", of PyTorch.
        key: From `jax.random.key`; draws it.
        image_shape: (height, width).

    Raises:
        ImportError: If PyTorch is meant and not installed.
    """
    if name == "torch":
        from symtheory.experiments.diagnosis.torch_network import torch_network

        return torch_network(int(jax.random.randint(key, (), 0, 2**31 - 1)))
    model = draw_model(name, key, image_shape)

    def tangent_gram(items: np.ndarray) -> np.ndarray:
        items, double = np.asarray(items, dtype=np.float64), in_double(model)
        if isinstance(double, MLP):
            return np.asarray(tangent_kernel(double, items))
        return np.asarray(from_equinox(double)(items))

    def shares_right(
        seen: Images, asked: Images, *, epochs: int, batch: int, seed: int
    ) -> tuple[float, float]:
        trained = train(
            model,
            *seen,
            loss=cross_entropy,
            optimizer=_OPTIMIZERS[name],
            epochs=epochs,
            batch_size=batch,
            key=jax.random.key(seed),
        ).model
        right = [
            np.asarray(_classes(trained, jnp.asarray(of.images))) == of.labels
            for of in (seen, asked)
        ]
        return float(right[0].mean()), float(right[1].mean())

    return Network(tangent_gram, shares_right)


def closed_form(name: str) -> Kernel | None:
    """The kernel of the infinitely wide network, or of its nearest kin; None if there is none."""
    if name == "mlp":
        return MLPKernel()
    if name in ("cnn", "torch"):
        return CNNKernel(depth=2, filter_shape=(5, 5), pooling="none")
    return None


_classes = eqx.filter_jit(predicted_classes)
