"""How long does a step of training take: in one compiled loop, from Python, and at the very least?

Trains the network of the paper's figure 4 (784-512-1, Adam, all images in each step) on two rotated
digits in two ways: an ensemble in one compiled loop (`symtheory.networks.train_ensemble`), and one
network after another with one compiled step at a time, called from Python. Each alone, and in two
threads at a time with half of the networks each, which is how experiments run. All in one process,
repeats interleaved, compilation not counted. Then how far the loop is from what the machine allows:
the bytes that a step of Adam must move at the measured rate of copying as much memory, and its
floating-point operations at the measured rate of a large matrix product.

    python benchmarks/ensembles.py
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
import optax  # noqa: E402
from measuring import Comparison, Comparisons, in_turn, named  # noqa: E402

from symtheory import datasets  # noqa: E402
from symtheory.datasets import sample_pairs  # noqa: E402
from symtheory.experiments.shared.rotated_pairs import held_out_first  # noqa: E402
from symtheory.networks import MLP, squared_error, train_ensemble  # noqa: E402

Way = Callable[[np.ndarray, np.ndarray, jax.Array, int], np.ndarray]
ADAM = optax.adam(1e-3)
WIDTH = 512
PIXELS = 784


def init(key: jax.Array) -> MLP:
    """A network at its start."""
    return MLP(PIXELS, WIDTH, None, key=key)


def in_one_loop(points: np.ndarray, labels: np.ndarray, keys: jax.Array, steps: int) -> np.ndarray:
    """The last losses of networks that are trained in one compiled loop."""
    result = train_ensemble(
        init, points, labels, loss=squared_error, optimizer=ADAM, epochs=steps, keys=keys
    )
    return np.asarray(result.losses[:, -1])


@jax.jit
def one_step(
    network: MLP, moments: optax.OptState, points: jax.Array, labels: jax.Array, key: jax.Array
) -> tuple[MLP, optax.OptState, jax.Array]:
    """A step of Adam."""
    loss, gradient = jax.value_and_grad(squared_error)(network, points, labels, key)
    updates, moments = ADAM.update(gradient, moments)
    return optax.apply_updates(network, updates), moments, loss


def from_python(points: np.ndarray, labels: np.ndarray, keys: jax.Array, steps: int) -> np.ndarray:
    """The last losses of networks that are trained one after another, a call for each step."""
    losses = []
    for own_points, own_labels, key in zip(points, labels, keys, strict=True):
        of_start, of_training = jax.random.split(key)
        network = init(of_start)
        moments = ADAM.init(network)
        x, y = (jnp.asarray(array, jnp.float32) for array in (own_points, own_labels))
        for _ in range(steps):
            network, moments, loss = one_step(network, moments, x, y, of_training)
        losses.append(loss)
    return np.asarray(jnp.stack(losses))


def in_threads(way: Way, threads: int) -> Way:
    """A way of training, with equal shares of the networks in several threads."""

    def share(points: np.ndarray, labels: np.ndarray, keys: jax.Array, steps: int) -> np.ndarray:
        parts = [slice(start, None, threads) for start in range(threads)]
        with ThreadPoolExecutor(threads) as pool:
            futures = [pool.submit(way, points[k], labels[k], keys[k], steps) for k in parts]
            return np.concatenate([future.result() for future in futures])

    return share


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def copy_rate(size: int) -> float:
    """Bytes read and written a second by copying as many bytes, in one thread."""
    source, target = np.ones(size // 4, np.float32), np.empty(size // 4, np.float32)
    repeats = max(3, 2**29 // size)
    np.copyto(target, source)

    def copy() -> None:
        for _ in range(repeats):
            np.copyto(target, source)

    return 2 * size * repeats / min(seconds(copy) for _ in range(5))


def product_rate(n: int = 1536) -> float:
    """Floating-point operations a second of a product of n × n matrices, in single precision."""
    a = jnp.ones((n, n), jnp.float32)
    product = jax.jit(jnp.matmul)
    product(a, a).block_until_ready()
    return 2 * n**3 / min(seconds(lambda: product(a, a).block_until_ready()) for _ in range(5))


def compare() -> Comparisons:
    """Two networks, one for each digit that lacks a pose, on few images and on more."""
    digits = datasets.load_digits()
    pairs = sample_pairs(digits.labels, 1, seed=124)
    keys = jax.random.split(jax.random.key(0), 2)
    for order in (4, 32):
        points, labels = held_out_first(digits.images[pairs], order)
        problem = (points[:, 1:], labels[:, 1:], keys, 100)
        one, other = in_one_loop(*problem), from_python(*problem)
        wall, cpu = in_turn(partial(in_one_loop, *problem), partial(from_python, *problem))
        what = f"100 steps of Adam for each of two MLPs, {2 * order - 1} images"
        gap = float(np.abs(one / other - 1).max())
        loop = f"a loop in Python, {named('optax')}, each step compiled"
        yield Comparison(what, "train_ensemble", loop, wall, cpu, gap)


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, nargs="+", default=[4, 32], help="rotations N")
    parser.add_argument("--steps", type=int, default=500, help="of Adam, for each network")
    parser.add_argument("--networks", type=int, default=4, help="an even number")
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()

    parameters = PIXELS * WIDTH + 2 * WIDTH + 1
    # A step reads the weights and writes the gradient; Adam reads both and two moments, and writes
    # weights and moments: 9 passes over them, if everything else stays in registers.
    least_bytes = 9 * 4 * parameters
    rates = {"memory": copy_rate(2**28), "caches": copy_rate(4 * parameters)}
    flops = product_rate()
    print(f"copying, one thread    {rates['memory'] / 1e9:.1f} GB/s, read and written, 268 MB")
    print(f"                       {rates['caches'] / 1e9:.1f} GB/s, as much as the weights are")
    print(f"matrix product         {flops / 1e9:.0f} GFLOP/s, single precision, all threads\n")

    digits = datasets.load_digits()
    pairs = sample_pairs(digits.labels, arguments.networks // 2, seed=124)
    keys = jax.random.split(jax.random.key(0), arguments.networks)
    print("images  way                      ms a step (slowest)    of one loop   loss")
    for order in arguments.orders:
        points, labels = held_out_first(digits.images[pairs], order)
        problem = (points[:, 1:], labels[:, 1:], keys, arguments.steps)
        ways = {
            "one loop": in_one_loop,
            "from Python": from_python,
            "one loop, 2 threads": in_threads(in_one_loop, 2),
            "from Python, 2 threads": in_threads(from_python, 2),
        }
        losses = {name: way(*problem) for name, way in ways.items()}  # compiles
        taken: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(arguments.repeats):
            for name, way in ways.items():
                taken[name].append(seconds(partial(way, *problem)))
        steps = arguments.steps * arguments.networks
        fastest = {name: 1e3 * min(values) / steps for name, values in taken.items()}
        images = 2 * order - 1
        for name, values in taken.items():
            slowest, ratio = 1e3 * max(values) / steps, fastest[name] / fastest["one loop"]
            print(
                f"{images:6d}  {name:22s}   {fastest[name]:6.3f} ({slowest:.3f})"
                f"         {ratio:5.2f}         {losses[name].mean():.1e}"
            )
        # Forward, and the gradient by the weights; none by the images.
        work = 4 * images * parameters + 12 * parameters
        limits = {
            "bytes, memory": least_bytes / rates["memory"],
            "bytes, caches": least_bytes / rates["caches"],
            "operations": work / flops,
        }
        for name, limit in limits.items():
            print(
                f"{images:6d}  {name + ', at least':22s}   {1e3 * limit:6.3f}"
                f"                 {1e3 * limit / fastest['one loop']:5.2f}"
            )


if __name__ == "__main__":
    main()
