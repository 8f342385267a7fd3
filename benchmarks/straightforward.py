"""The straightforward way to the exact errors on rotated digits, to compare with.

Images are rotated one by one with `scipy.ndimage.rotate`, the Gram matrix of each pair comes from
neural-tangents (without TensorFlow), and each held-out point is predicted by a least-squares solve
on all the others. Only the data and the pairs come from `symtheory`, so that both ways answer the
same question.

Run by `benchmarks/rotated_digits.py`; alone:

    python benchmarks/straightforward.py --dataset digits --pairs 8 --out /tmp/straightforward.npz
"""

from __future__ import annotations

import argparse

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np  # noqa: E402
from scipy.ndimage import rotate  # noqa: E402

from symtheory import datasets  # noqa: E402
from symtheory.neural_tangents import import_neural_tangents  # noqa: E402


def exact_errors(
    images: np.ndarray,
    pairs: np.ndarray,
    orders: list[int],
    *,
    depth: int,
    ridge: float,
    every_image: bool,
    compiled: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """The errors at images that are each held out alone.

    Args:
        images: shape (n, 28, 28).
        pairs: indices of shape (pairs, 2).
        orders: numbers of rotations.
        depth: number of hidden layers.
        ridge: as a fraction of the trace of the Gram matrix of all points.
        every_image: hold out each image in turn, not only the two unrotated ones, as the paper.
        compiled: compile the kernel of neural-tangents, once for each order.

    Returns:
        The errors at the unrotated images of both classes, and their means over those images of the
        class that were held out; both of shape (orders, pairs, 2).
    """
    stax = import_neural_tangents().stax
    hidden = [layer for _ in range(depth) for layer in (stax.Dense(1, 1.0, 1.0), stax.Relu())]
    _, _, kernel_fn = stax.serial(*hidden, stax.Dense(1, 1.0, 1.0))

    def kernel(x: np.ndarray) -> jax.Array:
        return kernel_fn(x, None, "ntk")

    if compiled:
        kernel = jax.jit(kernel)

    unrotated = np.empty((len(orders), len(pairs), 2))
    mean = np.empty_like(unrotated)
    for row, order in enumerate(orders):
        labels = np.repeat([1.0, -1.0], order)
        for column, pair in enumerate(pairs):
            points = np.stack(
                [
                    normalized(rotate(images[seed], 360 * step / order, reshape=False, order=3))
                    for seed in pair
                    for step in range(order)
                ]
            )
            gram = np.asarray(kernel(points.reshape(2 * order, -1)))
            absolute = ridge * np.trace(gram)
            errors = np.full(2 * order, np.nan)
            for held_out in range(2 * order) if every_image else (0, order):
                kept = np.delete(np.arange(2 * order), held_out)
                train = gram[np.ix_(kept, kept)] + absolute * np.eye(len(kept))
                weights = np.linalg.lstsq(train, labels[kept])[0]
                errors[held_out] = 1 - labels[held_out] * (gram[held_out, kept] @ weights)
            unrotated[row, column] = errors[[0, order]]
            mean[row, column] = np.nanmean(errors.reshape(2, order), axis=1)
    return unrotated, mean


def normalized(image: np.ndarray) -> np.ndarray:
    """Zero mean and unit norm."""
    centered = image - image.mean()
    return centered / np.linalg.norm(centered)


def main() -> None:
    """Write the errors to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--pairs", type=int, default=512)
    parser.add_argument("--orders", default="2,4,8,16,32,64")
    parser.add_argument("--depth", type=int, default=1)
    parser.add_argument("--seed", type=int, default=124)
    parser.add_argument("--every-image", action="store_true")
    parser.add_argument("--compiled", action="store_true")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    data = datasets.load(arguments.dataset)
    pairs = datasets.sample_pairs(data.labels, arguments.pairs, seed=arguments.seed)
    orders = [int(order) for order in arguments.orders.split(",")]
    unrotated, mean = exact_errors(
        data.images,
        pairs,
        orders,
        depth=arguments.depth,
        ridge=1e-10,
        every_image=arguments.every_image,
        compiled=arguments.compiled,
    )
    np.savez(arguments.out, exact_error=unrotated, orbit_mean_error=mean, pairs=pairs)


if __name__ == "__main__":
    main()
