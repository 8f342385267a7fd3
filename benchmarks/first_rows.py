"""How long do the errors of a pair of orbits of a million elements take, from first rows alone?

The Gram matrix would have 4·10¹² entries; its first rows have 4·10⁶. Imports are not counted, the
compilation of the first call is:

    python benchmarks/first_rows.py
"""

from __future__ import annotations

import sys
import time

import jax

jax.config.update("jax_enable_x64", True)

import numpy as np  # noqa: E402
from measuring import Comparison, Comparisons, in_turn  # noqa: E402

from symtheory import datasets, kernels, spectral  # noqa: E402
from symtheory.groups import cyclic_group  # noqa: E402

ORDER = 1_000_000
LIMIT_SECONDS = 2.0
RIDGE = 1e-5


def rbf_first_rows(order: int, separation: float, inverse_length: float) -> np.ndarray:
    """First rows κ_ij(h) of the Gaussian kernel on two circles, shape (2, 2, order)."""
    points = datasets.two_circles(order, separation)
    squared = [np.square(points[i, 0] - points[j]).sum(-1) for i in (0, 1) for j in (0, 1)]
    return np.exp(-(inverse_length**2) * np.reshape(squared, (2, 2, order)))


def compare() -> Comparisons:
    """One pair of orbits, from its first rows and from its whole Gram matrix."""
    order = 1000
    group, circles = cyclic_group(order), datasets.two_circles(order, separation=1.0)
    first_rows = spectral.FirstRows(rbf_first_rows(order, separation=1.0, inverse_length=1.4))
    whole = kernels.gram(kernels.RBF(inverse_length=1.4), circles)
    answers = [
        lambda kernel=kernel: np.asarray(spectral.spectral_error(kernel, group, ridge=RIDGE))
        for kernel in (first_rows, whole)
    ]
    gap = float(np.abs(answers[0]() / answers[1]() - 1).max())
    if gap > 1e-6:
        raise ValueError(f"Expected the same errors to 1e-6. Got {gap:.1e}.")
    wall, cpu = in_turn(*answers)
    what = f"spectral errors of a pair of orbits of C{order}"
    yield Comparison(what, "first rows", "the whole Gram matrix, symtheory", wall, cpu, gap)


def main() -> None:
    """Measure and compare with the limit."""
    first_rows = spectral.FirstRows(rbf_first_rows(ORDER, separation=1.0, inverse_length=1.4))
    start = time.perf_counter()
    general = np.asarray(spectral.spectral_error(first_rows, cyclic_group(ORDER), ridge=RIDGE))
    middle = time.perf_counter()
    circulant = float(spectral.circulant_spectral_error(first_rows, ridge=RIDGE))
    end = time.perf_counter()
    print(f"general formula    {middle - start:.2f} s   errors {general}")
    print(f"circulant formula  {end - middle:.2f} s   error  {circulant:.6e}")
    if not np.allclose(general, circulant, rtol=1e-6):
        sys.exit(f"Expected the two formulas to agree on circles. Got {general} and {circulant}.")
    slower = max(middle - start, end - middle)
    if slower > LIMIT_SECONDS:
        sys.exit(f"Expected at most {LIMIT_SECONDS} s for each. Got {slower:.2f} s.")


if __name__ == "__main__":
    main()
