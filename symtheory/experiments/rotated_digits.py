"""Does the theory predict what a kernel learns about rotated digits? The paper's figure 4.

Two digits of different classes, each with all its N rotations but one left out: the exact error of
kernel regression at the missing image, and the errors that the theory reads off the spectrum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import jax
import numpy as np
from jax import Array

from symtheory import regression, spectral
from symtheory.actions import orbit, rotation_action
from symtheory.datasets import Dataset, normalize, sample_pairs
from symtheory.experiments.checkpoints import Plan, Unit
from symtheory.experiments.checks import check_orders, require_finite, require_float64
from symtheory.groups import cyclic_group
from symtheory.kernels import Kernel, gram
from symtheory.ntk import MLPKernel

OF_EACH_ORBIT = ("exact_error", "orbit_mean_error", "spectral_error")
OF_EACH_PAIR = (
    "circulant_error",
    "last_eigenvalue",
    "mean_inverse",
    "symmetry_defect",
    "squared_separation",
    "spread",
)
RELATIVE_RIDGE = 1e-10

# Images in one unit of work: 13 MB of them, which stay near the processor, in about 0.1 s.
UNIT_IMAGES = 2048
WORKERS = 4
# Up to this order, optimizing the code takes the compiler longer than the optimized code saves.
SMALL_ORDER = 16


def measure(
    images: np.ndarray, order: int, *, kernel: Kernel | None = None, ridge: float = RELATIVE_RIDGE
) -> dict[str, np.ndarray]:
    """Measure and predict the errors of kernel regression on pairs of rotated digits.

    The raw images are rotated, and each rotated image is then brought to zero mean and unit norm,
    as in the paper.

    Args:
        images: the pairs, of shape (pairs, 2, height, width), not normalized.
        order: the number of rotations N, by multiples of 360°/N.
        kernel: `MLPKernel()` if not given.
        ridge: as a fraction of the trace of the Gram matrix of both orbits.

    Returns:
        By name, arrays of shape (pairs,), or (pairs, 2) with a column for each of the two orbits:
        `exact_error` (pairs, 2), |y - ŷ| at the unrotated image when it alone is held out;
        `number_correct`, how many of these two are below 1, so that the prediction has the right
        sign;
        `orbit_mean_error` (pairs, 2), the mean of the exact error over all images of the orbit,
        each held out in turn;
        `spectral_error` (pairs, 2), the general formula;
        `circulant_error`, the paper's formula ε_s = λ_N⁻¹ / ⟨λ⁻¹⟩, with `last_eigenvalue` λ_N and
        `mean_inverse` ⟨λ⁻¹⟩;
        `symmetry_defect` of the Gram matrix;
        `squared_separation` Δ², between the means of the two orbits, and `spread` ρ, the mean
        distance of an image from the mean of its orbit, both among normalized images.

    Raises:
        ValueError: for images of another shape, without 64-bit floats, or if a Gram matrix is
            singular to precision.
    """
    return measure_orders(images, [order], kernel=kernel, ridge=ridge)[0]


def measure_orders(
    images: np.ndarray,
    orders: Sequence[int],
    *,
    kernel: Kernel | None = None,
    ridge: float = RELATIVE_RIDGE,
    first: int = 0,
) -> list[dict[str, np.ndarray]]:
    """`measure` at several orders; those that divide the largest share its Gram matrices.

    Args:
        images: as `measure`.
        orders: numbers of rotations.
        kernel: as `measure`.
        ridge: as `measure`.
        first: which order to begin with, of no effect on the result. Threads that begin with
            different ones compile different code at a time.

    Returns:
        What `measure` returns for each order.
    """
    require_float64()
    kernel = kernel or MLPKernel()
    largest = max(orders)
    orbits = _orbits(images, largest)
    matrices = np.asarray(_grams(orbits, kernel))
    results: dict[int, dict[str, np.ndarray]] = {}
    for order in [*orders[first:], *orders[:first]]:
        if largest % order:
            own = _orbits(images, order)
            results[order] = _measure(own, np.asarray(_grams(own, kernel)), ridge)
        else:
            blocks = matrices.reshape(-1, 2, largest, 2, largest)
            step = largest // order
            chosen = blocks[:, :, ::step, :, ::step].reshape(-1, 2 * order, 2 * order)
            results[order] = _measure(orbits[:, :, ::step], chosen, ridge)
    return [results[order] for order in orders]


def _orbits(images: np.ndarray, order: int) -> np.ndarray:
    """Normalized orbits of pairs of raw images, shape (pairs, 2, N, pixels)."""
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[1] != 2:
        raise ValueError(
            f"Expected images of shape (pairs, 2, height, width). Got shape {images.shape}. "
            "Try dataset.images[sample_pairs(dataset.labels, 8, seed=1)]."
        )
    n_pairs, _, height, width = images.shape
    action = rotation_action(order, (height, width))
    rotated = orbit(images.reshape(-1, height, width), action)
    return normalize(rotated).reshape(n_pairs, 2, order, -1)


def _measure(orbits: np.ndarray, matrices: np.ndarray, ridge: float) -> dict[str, np.ndarray]:
    """All results, from orbits (pairs, 2, N, pixels) and Gram matrices (pairs, 2N, 2N)."""
    compiled = _errors_small if orbits.shape[2] <= SMALL_ORDER else _errors_large
    result = {key: np.asarray(value) for key, value in compiled(matrices, ridge).items()}
    require_finite(result, ridge)
    mean = orbits.mean(axis=2)
    # ‖x - μ‖² of points of norm 1, without a copy of them all.
    squared = 1 - 2 * (orbits @ mean[..., None])[..., 0] + np.square(mean).sum(-1)[..., None]
    return result | {
        "number_correct": (result["exact_error"] < 1).sum(axis=-1, dtype=np.int8),
        "squared_separation": np.square(mean[:, 0] - mean[:, 1]).sum(axis=-1),
        "spread": np.sqrt(np.maximum(squared, 0)).mean(axis=(1, 2)),
    }


@partial(jax.jit, static_argnames=("kernel",))
def _grams(orbits: Array, kernel: Kernel) -> Array:
    """Gram matrices. Pair after pair, not batched: the kernel skips work that a pair spares it."""
    return jax.lax.map(partial(gram, kernel), orbits)


def _errors(matrices: Array, ridge: float) -> dict[str, Array]:
    """Exact and spectral errors, from Gram matrices (pairs, 2N, 2N). Compiled for each order."""
    order = matrices.shape[-1] // 2
    group = cyclic_group(order)
    labels = np.repeat([1.0, -1.0], order)
    absolute = regression.relative_ridge(matrices, ridge)
    everywhere = regression.leave_one_out_error(matrices, labels, ridge=absolute)
    everywhere = everywhere.reshape(-1, 2, order)
    spectrum = spectral.spectrum(matrices, ridge=absolute)
    return {
        "exact_error": everywhere[..., 0],  # orbits begin with the unrotated image
        "orbit_mean_error": everywhere.mean(axis=-1),
        "spectral_error": spectral.spectral_error(matrices, group, ridge=absolute),
        "circulant_error": spectrum.error,
        "last_eigenvalue": spectrum.last_eigenvalue,
        "mean_inverse": spectrum.mean_inverse,
        "symmetry_defect": spectral.symmetry_defect(matrices, group),
    }


_errors_small = jax.jit(_errors, compiler_options={"xla_backend_optimization_level": 0})
_errors_large = jax.jit(_errors)


def plan(dataset: Dataset, parameters: Mapping[str, Any]) -> Plan:
    """What is computed: many pairs at several orders, with the NTK of a fully connected network.

    Args:
        dataset: images of at least two classes.
        parameters: see `catalog.ROTATED_DIGITS`.

    Returns:
        Arrays as `measure` returns them, with an axis for the orders before the others, and as
        constants `orders` and `pairs`, the same ones at each order.

    Raises:
        ValueError: for bad orders, or as `sample_pairs`.
    """
    orders, n_pairs = check_orders(parameters["orders"]), parameters["pairs"]
    pairs = sample_pairs(dataset.labels, n_pairs, seed=parameters["seed"])
    shape = (len(orders), n_pairs)
    arrays = {key: np.full((*shape, 2), np.nan) for key in OF_EACH_ORBIT}
    arrays |= {key: np.full(shape, np.nan) for key in OF_EACH_PAIR}
    arrays["number_correct"] = np.zeros(shape, dtype=np.int8)
    size = _unit_size(orders)
    starts = range(0, n_pairs, size)
    return Plan(
        arrays=arrays,
        units=[(slice(None), slice(start, start + size)) for start in starts],
        costs=[float(min(size, n_pairs - start)) for start in starts],
        constants={"orders": np.array(orders), "pairs": pairs.astype(np.int32)},
        workers=WORKERS,
    )


def compute(
    dataset: Dataset, parameters: Mapping[str, Any], unit: Unit
) -> Mapping[str, np.ndarray]:
    """Some pairs, at all orders."""
    orders, part = parameters["orders"], unit[1]
    assert isinstance(part, slice)
    pairs = sample_pairs(dataset.labels, parameters["pairs"], seed=parameters["seed"])
    results = measure_orders(
        dataset.images[pairs[part]],
        orders,
        kernel=MLPKernel(depth=parameters["depth"]),
        ridge=parameters["ridge"],
        first=part.start // _unit_size(orders) * (len(orders) // 2) % len(orders),
    )
    return {key: np.stack([result[key] for result in results]) for key in results[0]}


def _unit_size(orders: Sequence[int]) -> int:
    """Pairs in one unit of work."""
    return max(1, UNIT_IMAGES // (2 * max(orders)))


def medians(data: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Medians over pairs, for each order, of what a run returns.

    Returns:
        By name, arrays of shape (orders,): `exact_error` (the mean of the two held-out images, as
        in the paper), `orbit_mean_error`, `spectral_error`, `circulant_error`, `symmetry_defect`;
        `general_gap` and `circulant_gap`, the medians of the relative differences of the two
        formulas from the orbit mean of the exact error; and `fraction_correct`, a mean.
    """
    exact = data["orbit_mean_error"]
    both = exact.mean(axis=-1)
    median = partial(np.median, axis=-1)
    return {
        "exact_error": median(data["exact_error"].mean(axis=-1)),
        "orbit_mean_error": median(both),
        "spectral_error": median(data["spectral_error"].mean(axis=-1)),
        "circulant_error": median(data["circulant_error"]),
        "general_gap": median(np.abs(data["spectral_error"] / exact - 1).mean(axis=-1)),
        "circulant_gap": median(np.abs(data["circulant_error"] / both - 1)),
        "fraction_correct": data["number_correct"].mean(axis=-1) / 2,
        "symmetry_defect": median(data["symmetry_defect"]),
    }
