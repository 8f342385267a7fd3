"""Does a finite network know a missing pose, once it is averaged as the evidence says?

Nine digits with some seeds each, at all quarter turns; the upright images of one class are held
out, each class in turn. The weights of the average are learned from the images that are seen, as
those under which their labels are most likely for the kernel of a wide network. Then networks are
trained whose outputs are averaged by them, Σ_g a_g f(gx).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from symtheory.datasets import Dataset
from symtheory.experiments.averaged_networks.settings import AveragedNetworks
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.draws import seeds_of_draw
from symtheory.experiments.shared.keys import folded_key
from symtheory.experiments.shared.nine_digits import nine_digits, turned
from symtheory.experiments.shared.optimizers import adam
from symtheory.experiments.shared.statistics import share_interval
from symtheory.groups import cyclic_group
from symtheory.kernels import gram
from symtheory.learning import LearnedAverage, averaged_gram, learn_average
from symtheory.networks import MLP, squared_error, train
from symtheory.ntk import MLPKernel
from symtheory.regression import held_out_prediction
from symtheory.runs import Plan
from symtheory.spectral import average_rows

__all__ = ["LEARNED_FROM", "NETWORKS", "Averaged", "Unit", "compute", "plan", "summary"]

# The networks: without an average; with the one that the class labels ask for; that labels which
# are the pose ask for; and with the first, but over powers of a random permutation of the pixels.
NETWORKS = ("plain", "learned", "pose", "permuted")
# What labels weights are learned from: of rotations, from classes or poses; of the permutation,
# from classes, where no image was ever seen permuted.
LEARNED_FROM = ("classes", "poses", "permuted")
TURNS = 4
BATCH = 50
RATE = 1e-3


class Unit(NamedTuple):
    """A draw of seeds, and the class that lacks a pose."""

    draw: int
    missing: int


class Averaged(eqx.Module):
    """The mean of a network's outputs at several versions of an image, with given weights.

    Attributes:
        network: what is trained.
        weights: of shape (versions,), which are not.
    """

    network: MLP
    weights: Array

    def __call__(self, versions: Array, *, key: Array | None = None) -> Array:
        """The weighted mean at versions of shape (versions, pixels)."""
        weights = jax.lax.stop_gradient(self.weights)
        return weights @ jax.vmap(self.network)(versions)


def plan(dataset: Dataset, settings: AveragedNetworks) -> Plan:
    """What is computed: networks for each draw and each class that lacks the upright pose.

    Args:
        dataset: images of ten digits, of which the nines are left out.
        settings: of this experiment.

    Returns:
        Arrays of shape (draws, classes, …): `right`, of the networks of `NETWORKS`, the shares of
        the held-out images that are recognized, and `train_right`, of the seen ones; `kernel_right`
        of shape (…, 2), the same for regression with the kernel, plain and averaged; and for what
        labels of `LEARNED_FROM` say `weights` (…, 3, 4), `noise`, `share`, `agreement`,
        `converged` (…, 3), and `order`, that of the subgroup that carries the weight. As constant
        `seeds`, the numbers of the images among those that are no nines.

    Raises:
        ValueError: without 64-bit floats, or as `draw_seeds`.
    """
    require_float64()
    digits = nine_digits(dataset)
    drawn = np.stack([seeds_of_draw(digits, settings, draw) for draw in range(settings.draws)])
    shape = drawn.shape[:2]
    per_source = (*shape, len(LEARNED_FROM))
    arrays = {name: np.full((*shape, len(NETWORKS)), np.nan) for name in ("right", "train_right")}
    arrays |= {"kernel_right": np.full((*shape, 2), np.nan)}
    arrays |= {"weights": np.full((*per_source, TURNS), np.nan)}
    arrays |= {
        name: np.full(per_source, np.nan)
        for name in ("noise", "share", "agreement", "converged", "order")
    }
    units = [Unit(*place) for place in np.ndindex(*shape)]
    return Plan(
        arrays=arrays,
        units=units,
        costs=[1.0] * len(units),
        constants={"seeds": drawn.astype(np.int32)},
    )


def compute(dataset: Dataset, settings: AveragedNetworks, unit: Unit) -> Mapping[str, np.ndarray]:
    """One class that lacks the upright pose."""
    digits = nine_digits(dataset)
    poses = turned(digits.images[seeds_of_draw(digits, settings, unit.draw)], TURNS)
    group = cyclic_group(TURNS)
    n_classes = len(poses) // settings.seeds
    classes = np.repeat(np.arange(n_classes), settings.seeds)
    columns = np.repeat((2.0 * np.eye(n_classes) - 1)[classes][:, None], TURNS, axis=1)
    hidden = np.zeros(poses.shape[:2], bool)
    hidden[classes == unit.missing, 0] = True
    held_out = [(int(i), 0) for i in np.flatnonzero(hidden[:, 0])]

    rows = average_rows(gram(MLPKernel(), poses), group)
    of_pose = np.broadcast_to(2.0 * np.eye(TURNS) - 1, (len(poses), TURNS, TURNS))
    permuted = _permuted(poses, seed=(settings.seed, unit.draw))
    # One pose of each seed, seen by all classes, and none of its permutations.
    alone = average_rows(gram(MLPKernel(), permuted[:, 1]), group)
    unseen = [(i, g) for i in range(len(poses)) for g in range(1, TURNS)]
    found = (
        learn_average(rows, group, columns, held_out=held_out, seed=settings.seed),
        learn_average(rows, group, of_pose, held_out=held_out, seed=settings.seed),
        learn_average(alone, group, columns[:, :1], held_out=unseen, starts=2, seed=settings.seed),
    )
    moved = poses[:, group.table.T]  # (m, u, g, pixels): g times pose u
    identity = np.eye(TURNS)[0]
    inputs = {
        "plain": (poses[:, :, None], identity[:1]),
        "learned": (moved, found[0].weights),
        "pose": (moved, found[1].weights),
        "permuted": (permuted, found[0].weights),
    }
    keys = jax.random.split(folded_key(settings.seed, unit.draw), n_classes)
    shares = []
    for versions, weights in inputs.values():
        network = _trained(
            versions[~hidden], columns[~hidden], weights, settings, keys[unit.missing]
        )
        said = np.asarray(_outputs(network, jnp.asarray(versions, network.weights.dtype)))
        right = said.argmax(axis=-1) == classes[:, None]
        shares.append([right[hidden].mean(), right[~hidden].mean()])
    right, train_right = np.transpose(shares)
    return {
        "right": right,
        "train_right": train_right,
        "kernel_right": _of_kernel(rows, columns, hidden, found[0], unit.missing),
        "weights": np.stack([one.weights for one in found]),
        "noise": np.array([one.noise for one in found]),
        "share": np.array([one.share for one in found]),
        "agreement": np.array([one.agreement for one in found]),
        "converged": np.array([one.converged[0] for one in found], float),
        "order": np.array([one.subgroup.source.order for one in found], float),
    }


def _permuted(poses: np.ndarray, *, seed: tuple[int, int]) -> np.ndarray:
    """Powers of a random permutation of the pixels, of order 4: (…, pixels) to (…, 4, pixels)."""
    pixels = np.random.default_rng(seed).permutation(poses.shape[-1])
    cycles = pixels[: len(pixels) // TURNS * TURNS].reshape(-1, TURNS)
    powers = []
    for g in range(TURNS):
        source = np.arange(poses.shape[-1])
        source[cycles] = np.roll(cycles, g, axis=1)
        powers.append(poses[..., source])
    return np.stack(powers, axis=-2)


def _trained(
    versions: np.ndarray,
    targets: np.ndarray,
    weights: np.ndarray,
    settings: AveragedNetworks,
    key: Array,
) -> Averaged:
    """A network trained on versions of images, of shape (n, versions, pixels)."""
    of_start, of_training = jax.random.split(key)
    network = MLP(versions.shape[-1], settings.width, targets.shape[-1], key=of_start)
    precision = network.layers[0].weight.dtype
    trained = train(
        Averaged(network, jnp.asarray(weights, precision)),
        versions.astype(precision),
        targets.astype(precision),
        loss=squared_error,
        optimizer=adam(RATE),
        epochs=settings.epochs,
        batch_size=BATCH,
        key=of_training,
    )
    return trained.model


@eqx.filter_jit
def _outputs(network: Averaged, versions: Array) -> Array:
    """At versions of shape (m, poses, versions, pixels)."""
    return jax.vmap(jax.vmap(network))(versions)


def _of_kernel(
    rows: Array, columns: np.ndarray, hidden: np.ndarray, learned: LearnedAverage, missing: int
) -> np.ndarray:
    """The shares of the held-out images that the kernel knows, plain and averaged as learned."""
    group = cyclic_group(TURNS)
    labels = columns.reshape(-1, columns.shape[-1])
    shares = []
    for weights in (np.eye(TURNS)[0], learned.weights):
        said = held_out_prediction(
            learned.amplitude * averaged_gram(rows, group, weights=weights),
            labels,
            np.flatnonzero(hidden.ravel()),
            ridge=learned.noise,
        )
        shares.append(np.mean(np.asarray(said).argmax(axis=-1) == missing))
    return np.array(shares)


def summary(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """How many of the held-out images each network knows, over all draws and classes.

    Returns:
        `right`, in the order of `NETWORKS`, and `kernel_right`, without and with the average, means
        over networks; under `…_interval`, of shape (…, 2), Wilson's 95 % intervals for as many
        trials as there are networks: the images that one is asked about are no independent ones.
        `networks`, of each kind, and `images`, held out.
    """
    n_seeds = data["seeds"].shape[-1]
    networks = data["right"][..., 0].size
    images = np.array(networks * n_seeds)
    found: dict[str, np.ndarray] = {"networks": np.array(networks), "images": images}
    for name in ("right", "kernel_right"):
        share = data[name].mean(axis=(0, 1))
        found |= {name: share, f"{name}_interval": share_interval(share, found["networks"])}
    return found
