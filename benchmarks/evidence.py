"""How long do the log evidence of labels on orbits and its gradient take?

For groups up to order 720 and up to 1000 orbits, with a random invariant kernel, labels that vary
along orbits and weights in the simplex. The gradient is with respect to the weights and the noise;
both are one compiled program, whose compilation is not counted. The compiler says how much memory
it takes: what needs more than --memory is not run. By default that is C720 with 1000 orbits, whose
first rows, spectrum, systems and factors take 5.8 GB each. The whole Gaussian is asked too, where
it has no more than --whole points. On a machine that others use, seconds of the processor say more,
if there is one thread:

    python benchmarks/evidence.py
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

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
    (cyclic_group(64), 1000),
    (cyclic_group(720), 50),
    (cyclic_group(720), 200),
    (cyclic_group(720), 1000),
    (dihedral_group(4), 200),
    (dihedral_group(32), 50),
    (dihedral_group(32), 200),
    (symmetric_group(4), 50),
    (symmetric_group(5), 20),
    (symmetric_group(6), 5),
    (symmetric_group(6), 50),
    (symmetric_group(6), 100),
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


def compiled(group: FiniteGroup, m: int) -> tuple[Callable[..., tuple[jax.Array, dict]], float]:
    """The evidence and its gradient, of weights and noise, first rows and labels; and gigabytes."""

    def evidence(point: dict[str, jax.Array], rows: jax.Array, labels: jax.Array) -> jax.Array:
        return log_evidence(
            rows, group, weights=point["weights"], labels=labels, noise=point["noise"]
        )

    def shaped(*shape: int) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct(shape, float)

    point = {"weights": shaped(group.order), "noise": shaped()}
    shapes = point, shaped(m, m, group.order), shaped(m, group.order)
    program = jax.jit(jax.value_and_grad(evidence)).lower(*shapes).compile()
    needs = program.memory_analysis()
    return program, (needs.argument_size_in_bytes + needs.temp_size_in_bytes) / 1e9


def measure(
    group: FiniteGroup, m: int, *, most: float, points: int, repeats: int
) -> tuple[str, float, float]:
    """A line of the table, seconds, and the relative difference from the whole Gaussian.

    Args:
        group: What acts on the orbits.
        m: How many orbits there are.
        most: Gigabytes at most.
        points: At most, for the whole Gaussian to be asked.
        repeats: Of which the fastest counts.
    """
    program, needs = compiled(group, m)
    line = f"{group.name:<8}{group.order:>5}{m:>8}{m * group.order:>9}{needs:>8.1f}"
    if needs > most:
        return f"{line}   not run: more than --memory", np.inf, 0.0
    rows = jnp.asarray(random_rows(group, m))
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.ones(group.order))
    labels = rng.normal(size=(m, group.order))
    point = {"weights": jnp.asarray(weights), "noise": jnp.asarray(NOISE)}
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter(), time.process_time()
        value, _ = jax.block_until_ready(program(point, rows, jnp.asarray(labels)))
        seconds.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    fastest, busy = min(seconds)
    line += f"{fastest:>10.3f}{busy:>12.3f}"
    difference = 0.0
    if m * group.order <= points:
        start = time.perf_counter()
        expected = whole(rows, group, weights, labels)
        took = time.perf_counter() - start
        difference = abs(float(value) / expected - 1)
        line += f"{took:>17.3f}{difference:>13.0e}"
    return line, min(fastest, busy), difference


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
    parser.add_argument("--memory", type=float, default=8.0, help="gigabytes at most")
    asked = parser.parse_args()
    print(
        "group   order  orbits   points      GB   seconds  of the CPU   whole Gaussian   difference"
    )
    wrong, limited = [], np.inf
    for group, m in CASES:
        line, seconds, difference = measure(
            group, m, most=asked.memory, points=asked.whole, repeats=asked.repeats
        )
        print(line, flush=True)
        wrong += [group.name] if difference > TOLERANCE else []
        if (group.name, m) == LIMITED:
            limited = seconds
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
