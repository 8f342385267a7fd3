"""How long do the log evidence of labels on orbits and its gradient take?

For groups up to order 720 and up to 1000 orbits, with a random invariant kernel, labels that vary
along orbits and weights in the simplex. The gradient is with respect to the weights and the noise;
both are one compiled program, whose compilation is not counted. The whole Gaussian is asked too,
where it has no more than --whole points. On a machine that others use, seconds of the processor say
more, if there is one thread:

    python benchmarks/evidence.py
"""

from __future__ import annotations

import argparse
import sys
import time

import jax

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402
from measuring import Comparison, Comparisons, in_turn, named  # noqa: E402

from symtheory.groups import (  # noqa: E402
    FiniteGroup,
    cyclic_group,
    dihedral_group,
    symmetric_group,
)
from symtheory.learning import averaged_gram, log_evidence  # noqa: E402

LIMIT_SECONDS = 2.0
LIMITED = ("C64", 200)
TOLERANCE = 1e-9
NOISE = 0.1
CASES: list[tuple[FiniteGroup, int]] = [
    (cyclic_group(4), 90),
    (cyclic_group(4), 1000),
    (cyclic_group(64), 20),
    (cyclic_group(64), 200),
    (cyclic_group(720), 50),
    (dihedral_group(4), 200),
    (dihedral_group(32), 50),
    (symmetric_group(4), 50),
    (symmetric_group(5), 20),
    (symmetric_group(6), 5),
]


def random_rows(group: FiniteGroup, m: int) -> np.ndarray:
    """First rows of a random invariant kernel, of full rank: delta functions and random features.

    Features f_i(u) of orbits give κ_ij(h) = (1/|G|) Σ_g ⟨f_i(g), f_j(gh)⟩.
    """
    rng = np.random.default_rng(0)
    rows = np.zeros((m, m, group.order))
    rows[np.arange(m), np.arange(m), 0] = 1.0
    features = rng.normal(size=(m, group.order, 2)) / np.sqrt(m)
    for h in range(group.order):
        moved = features[:, group.multiply(group.elements, h)]
        rows[..., h] += np.einsum("igc,jgc->ij", features, moved, optimize=True) / group.order
    return rows


def compare() -> Comparisons:
    """The evidence from Fourier blocks, and from the Gaussian of all points at once."""
    for group, m in ((cyclic_group(64), 20), (symmetric_group(5), 10)):
        rows = jnp.asarray(random_rows(group, m))
        rng = np.random.default_rng(1)
        weights, labels = rng.dirichlet(np.ones(group.order)), rng.normal(size=(m, group.order))

        @jax.jit
        def evidence(weights, rows=rows, labels=labels, group=group):
            return log_evidence(rows, group, weights=weights, labels=labels, noise=NOISE)

        def at_once(rows=rows, group=group, weights=weights, labels=labels):
            return whole(rows, group, weights, labels)

        gap = abs(float(evidence(weights)) / at_once() - 1)
        if gap > TOLERANCE:
            raise ValueError(f"Expected the same evidence to {TOLERANCE}. Got {gap:.1e}.")
        blocks = lambda weights=weights, f=evidence: float(f(weights))  # noqa: E731
        wall, cpu = in_turn(blocks, at_once)
        what = f"log evidence of {m} orbits of {group.name}, {m * group.order} points"
        other = f"Cholesky factor of all points, {named('numpy')}"
        yield Comparison(what, "log_evidence", other, wall, cpu, gap)


def main() -> None:
    """Measure, and compare with the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=3, help="the fastest of these counts")
    parser.add_argument("--whole", type=int, default=2000, help="the most points at once")
    arguments = parser.parse_args()
    print("group   order  orbits   points   seconds  of the CPU   whole Gaussian   difference")
    wrong, limited = [], np.inf
    for group, m in CASES:
        rows = jnp.asarray(random_rows(group, m))
        rng = np.random.default_rng(1)
        weights = rng.dirichlet(np.ones(group.order))
        labels = rng.normal(size=(m, group.order))

        @jax.jit
        @jax.value_and_grad
        def evidence(point, rows=rows, labels=labels, group=group):
            return log_evidence(
                rows, group, weights=point["weights"], labels=labels, noise=point["noise"]
            )

        point = {"weights": jnp.asarray(weights), "noise": jnp.asarray(NOISE)}
        seconds = []
        for _ in range(arguments.repeats + 1):
            start = time.perf_counter(), time.process_time()
            value, _ = jax.block_until_ready(evidence(point))
            seconds.append((time.perf_counter() - start[0], time.process_time() - start[1]))
        fastest, busy = min(seconds[1:])
        line = f"{group.name:<8}{group.order:>5}{m:>8}{m * group.order:>9}"
        line += f"{fastest:>10.3f}{busy:>12.3f}"
        if m * group.order <= arguments.whole:
            start = time.perf_counter()
            expected = whole(rows, group, weights, labels)
            took = time.perf_counter() - start
            difference = abs(float(value) / expected - 1)
            line += f"{took:>17.3f}{difference:>13.0e}"
            wrong += [group.name] if difference > TOLERANCE else []
        print(line, flush=True)
        if (group.name, m) == LIMITED:
            limited = min(fastest, busy)
    if wrong:
        sys.exit(f"Expected the evidence of the whole Gaussian. Got another for {wrong}.")
    if limited > LIMIT_SECONDS:
        sys.exit(
            f"Expected at most {LIMIT_SECONDS} s for {LIMITED[0]} with {LIMITED[1]} orbits. "
            f"Got {limited:.2f} s."
        )


def whole(rows: jax.Array, group: FiniteGroup, weights: np.ndarray, labels: np.ndarray) -> float:
    """The log density of all points at once."""
    covariance = np.array(averaged_gram(rows, group, weights=weights))
    covariance[np.diag_indices_from(covariance)] += NOISE
    factor = np.linalg.cholesky(covariance)
    white = np.linalg.solve(factor, labels.ravel())
    determinant = 2 * np.log(np.diagonal(factor)).sum()
    return -0.5 * float(white @ white + determinant + labels.size * np.log(2 * np.pi))


if __name__ == "__main__":
    main()
