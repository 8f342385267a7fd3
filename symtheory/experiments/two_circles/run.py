"""When does it succeed? The toy model of the paper's figures 2 and 3: two circles of points.

Orbits that are denser lower the error (a sweep over N), and so do circles that lie farther apart
(a sweep over the separation Δ).

The paper's ridge is relative: its script multiplies 1e-5 with the trace of the training matrix for
the exact error, of 2N - 1 points, and with k₀₀ times the size for the formula, of 2N. Either can be
asked for: those two, or one absolute ridge, with which the formula is the exact error.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import jax
import numpy as np
from jax import Array

from symtheory import regression, spectral
from symtheory.datasets import two_circles
from symtheory.experiments.shared.checks import require_finite, require_float64
from symtheory.kernels import RBF, gram

__all__ = ["ORDERS", "RIDGE", "SEPARATIONS", "measure", "sweep_order", "sweep_separation"]

RIDGE = 1e-5
ORDERS = tuple(range(4, 49, 4))
SEPARATIONS = (0.0, *np.geomspace(0.01, 10, 20).tolist())


def measure(
    order: int,
    separations: Sequence[float],
    inverse_length: float,
    *,
    ridge: float = RIDGE,
    of_the_paper: bool = False,
) -> dict[str, np.ndarray]:
    """The error at a missing point of two circles, from regression and from the formula.

    Args:
        order: points per circle, N.
        separations: distances Δ between the circles, of radius 1.
        inverse_length: L in the kernel exp(-L² d²).
        ridge: absolute, one for both;
        of_the_paper: or relative, as in the paper's script: times the trace of what is trained on
            for the exact error, times k₀₀ and the number of all points for the formula.

    Returns:
        By name, with an axis of the separations before others: `exact_error`, of kernel regression
        with that point left out and all others kept; `spectral_error`, λ_N⁻¹ / ⟨λ⁻¹⟩;
        `eigenvalues` λ_0 … λ_{2N-1}, ridge included; `last_eigenvalue` λ_N; `mean_inverse` ⟨λ⁻¹⟩.

    Raises:
        ValueError: as `two_circles`, without 64-bit floats, or if a Gram matrix is singular.
    """
    require_float64()
    orbits = np.stack([two_circles(order, separation) for separation in separations])
    k_00 = float(RBF(inverse_length)(orbits[0, 0, :1])[0, 0])
    exact, formula = (
        k_00 * n * ridge if of_the_paper else ridge for n in (2 * order - 1, 2 * order)
    )
    result = _measure(orbits, inverse_length, exact, formula)
    measured = {key: np.asarray(value) for key, value in result.items()}
    require_finite(measured, ridge)
    return measured


@jax.jit
def _measure(orbits: Array, inverse_length: float, exact: float, ridge: float) -> dict[str, Array]:
    """The same from orbits of shape (separations, 2, N, 3): compiled, which is once for each N."""
    labels = np.repeat([1.0, -1.0], orbits.shape[2])
    matrices = jax.vmap(partial(gram, RBF(inverse_length)))(orbits)
    prediction = regression.held_out_prediction(matrices, labels, 0, ridge=exact)
    spectrum = spectral.spectrum(matrices, ridge=ridge)
    return {
        "exact_error": 1 - labels[0] * prediction,
        "spectral_error": spectrum.error,
        "eigenvalues": spectrum.eigenvalues,
        "last_eigenvalue": spectrum.last_eigenvalue,
        "mean_inverse": spectrum.mean_inverse,
    }


def sweep_order(
    orders: Sequence[int] = ORDERS,
    *,
    separation: float = 1.0,
    inverse_length: float = 1.4,
    ridge: float = RIDGE,
    of_the_paper: bool = False,
) -> dict[str, np.ndarray]:
    """Figure 3, A to C: denser and denser circles.

    Returns:
        `orders` and what `measure` returns, each with an axis of the orders before its own;
        `eigenvalues` has shape (orders, 2 · largest order), with NaN after the last of each.
    """
    width = 2 * max(orders)
    results = []
    for order in orders:
        result = measure(
            order, [separation], inverse_length, ridge=ridge, of_the_paper=of_the_paper
        )
        missing = ((0, 0), (0, width - 2 * order))
        result["eigenvalues"] = np.pad(result["eigenvalues"], missing, constant_values=np.nan)
        results.append(result)
    stacked = {key: np.concatenate([result[key] for result in results]) for key in results[0]}
    return {"orders": np.array(orders)} | stacked


def sweep_separation(
    separations: Sequence[float] = SEPARATIONS,
    *,
    order: int = 6,
    inverse_length: float = 0.85,
    ridge: float = RIDGE,
    of_the_paper: bool = False,
) -> dict[str, np.ndarray]:
    """Figure 3, D to F: circles farther and farther apart.

    Returns:
        `separations` and what `measure` returns, each with an axis of the separations before its
        own.
    """
    result = measure(order, separations, inverse_length, ridge=ridge, of_the_paper=of_the_paper)
    return {"separations": np.array(separations)} | result
