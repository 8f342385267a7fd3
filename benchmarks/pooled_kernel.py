"""How much faster is the pooled convolutional kernel than neural-tangents, on the same Gram matrix?

The orbits of two digits under 4 and 16 rotations, and as many images of noise, by one 3×3
convolution and global average pooling, one after the other in one process; prints the wall times,
their ratio, and the largest relative difference of entries:

    SYMTHEORY_DATA=folder python benchmarks/pooled_kernel.py

Both are called twice and the second time counts, so that nothing is compiled then. Neural-tangents
is called as the library returns its kernel, or, with --compiled, with `jax.jit` around it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

import jax
import numpy as np
from measuring import Comparison, Comparisons, in_turn, named

from symtheory.actions import orbit, rotation_action
from symtheory.datasets import load, normalize, sample_pairs
from symtheory.neural_tangents import from_stax, import_neural_tangents
from symtheory.ntk import CNNKernel
from symtheory.orbit_gram import orbit_gram

# Neural-tangents takes angles by arccos, which loses half of the digits where patches nearly agree.
TOLERANCE = 1e-7


def compare() -> Comparisons:
    """The kernels of two digits in four poses, and of noise; both compiled."""
    jax.config.update("jax_enable_x64", True)
    theirs, ours = jax.jit(pooled_network()), CNNKernel(1, (3, 3), "global")
    dataset = load("digits")
    seeds = dataset.images[sample_pairs(dataset.labels, 1, seed=124)[0]]
    action = rotation_action(4, (28, 28))
    orbits = normalize(orbit(seeds, action))
    noise = np.random.default_rng(124).normal(size=(4, 28, 28))
    for name, images, fast in (
        (
            "two digits in 4 poses",
            orbits.reshape(-1, 28, 28),
            lambda: orbit_gram(ours, orbits, action),
        ),
        ("4 images of noise", noise, lambda: ours(noise)),
    ):

        def slow(images: np.ndarray = images) -> np.ndarray:
            return np.asarray(theirs(images[..., None]))

        gap = float(np.abs(np.asarray(fast()) / slow() - 1).max())
        if gap > TOLERANCE:
            raise ValueError(f"Expected the same entries to {TOLERANCE}. Got {gap:.1e}.")
        wall, cpu = in_turn(lambda fast=fast: np.asarray(fast()), slow)
        what = f"kernel of a pooled CNN, {name}"
        other = f"{named('neural-tangents')}, compiled"
        yield Comparison(what, "CNNKernel", other, wall, cpu, gap)


def pooled_network() -> Callable[[np.ndarray], jax.Array]:
    """The kernel of neural-tangents."""
    stax = import_neural_tangents().stax
    layers = stax.serial(
        stax.Conv(1, (3, 3), padding="CIRCULAR", W_std=1.0, b_std=None),
        stax.Relu(),
        stax.GlobalAvgPool(),
        stax.Dense(1, 1.0, None),
    )
    return from_stax(layers[2])


def second_call(function: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Wall seconds of the second call, and what it returns."""
    function()
    start = time.perf_counter()
    result = np.asarray(function())
    return time.perf_counter() - start, result


def main() -> None:
    """Measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--compiled", action="store_true", help="compile the kernel they use")
    arguments = parser.parse_args()
    jax.config.update("jax_enable_x64", True)
    theirs = pooled_network()
    if arguments.compiled:
        theirs = jax.jit(theirs)
    ours = CNNKernel(depth=1, filter_shape=(3, 3), pooling="global")

    dataset = load(arguments.dataset)
    seeds = dataset.images[sample_pairs(dataset.labels, 1, seed=124)[0]]
    noise = np.random.default_rng(124).normal(size=(8, 28, 28))
    worst = 0.0
    for name, at_least, order in (
        ("4 rotations", 50, 4),
        ("noise", 5, 0),
        ("16 rotations", 25, 16),
    ):
        if order:
            action = rotation_action(order, (28, 28))
            orbits = normalize(orbit(seeds, action))
            images = orbits.reshape(-1, 28, 28)
            fast, computed = second_call(lambda: orbit_gram(ours, orbits, action))  # noqa: B023
        else:
            images = noise
            fast, computed = second_call(lambda: ours(images))  # noqa: B023
        slow, expected = second_call(lambda: theirs(images[..., None]))  # noqa: B023
        gap = np.abs(computed / expected - 1).max()
        worst = max(worst, gap)
        print(
            f"{name:13} {len(images):3} images  symtheory {fast:7.3f} s  neural-tangents "
            f"{slow:8.3f} s  ratio {slow / fast:6.1f} (wanted {at_least})  difference {gap:.0e}",
            flush=True,
        )
    if worst > TOLERANCE:
        sys.exit(f"Expected the same entries to {TOLERANCE}. Got a difference of {worst:.1e}.")


if __name__ == "__main__":
    main()
