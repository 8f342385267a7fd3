"""Generators found one after another: what has been found is one more demand on the next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Inexact
from numpy.typing import ArrayLike

from symtheory._checks import as_integer, as_number
from symtheory.lie.demands import SQUARED_NORM, as_constraints, as_matrices, demands

__all__ = ["GeneratorsInTurn", "learn_generators_in_turn"]


@dataclass(frozen=True, eq=False)
class GeneratorsInTurn:
    """What turns of descent have found, and how each went.

    Attributes:
        generators: Those that were found, orthogonal and of squared norm 2, of shape (found, n, n).
        losses: For each turn the loss before its first step and after each. The last turn is the
            one that found nothing, unless every matrix meets the constraints.
    """

    generators: Inexact[np.ndarray, "found n n"]
    losses: tuple[Float[np.ndarray, " evaluations"], ...]


def learn_generators_in_turn(
    constraints: ArrayLike,
    *,
    tolerance: float = 1e-18,
    steps: int = 1000,
    learning_rate: float = 1.0,
    momentum: float = 0.9,
    seed: int,
) -> GeneratorsInTurn:
    """Generators of a symmetry, one after another, by descent, until there are no more.

    The loss of a matrix of squared norm 2 is the mean of (Re Σ C·G)² over constraints C, as in
    `learn_generators`. A matrix that was found is one more constraint: the next is to be orthogonal
    to it. So there are no pairs in the loss, and the number of generators need not be known. (After
    the idea of Forestano et al. 2023, arXiv 2307.04891.)

    >>> import numpy as np
    >>> from symtheory.lie import invariance_constraints
    >>> x = np.random.default_rng(0).normal(size=(20, 3))
    >>> learned = learn_generators_in_turn(invariance_constraints(x, 2 * x), seed=0)
    >>> learned.generators.shape, len(learned.losses)  # three rotations, and the fourth turn
    ((3, 3, 3), 4)

    Args:
        constraints: As `invariance_constraints` returns them, of shape (m, n, n). Their scale does
            not matter: they are divided by the root of the mean square of their entries. If they
            are complex, so are the generators.
        tolerance: A turn has found a generator when its loss is no larger. That of a random matrix
            is 2.
        steps: The most that a turn may take. Where they are too few generators are missed, and the
            last loss is still falling.
        learning_rate: In units of one over the largest curvature; at most 2 + 2 momentum, beyond
            which steps overshoot ever more.
        momentum: The share of each step that is taken again in the next.
        seed: Of the matrices from which turns start.

    Returns:
        All generators that were found, and the losses of all turns.

    Raises:
        ValueError: If the constraints are not such matrices, or a setting is out of bounds.
    """
    given = as_constraints(constraints)
    tolerance = float(as_number(tolerance, "tolerance", above=0))
    steps = as_integer(steps, "steps", minimum=1)
    momentum = float(as_number(momentum, "momentum", minimum=0, maximum=1))
    rate = float(as_number(learning_rate, "learning_rate", above=0, maximum=2 + 2 * momentum))
    rng = np.random.default_rng(as_integer(seed, "seed", minimum=0))

    given_demands = demands(given)
    entries = given_demands.shape[1]
    rate /= _curvature(given_demands, rng.normal(size=(entries,))) or 1.0
    found = np.zeros((0, entries))
    losses = []
    while len(found) < entries:
        start = _outside(found, rng.normal(size=(entries,)))
        all_demands = np.vstack([given_demands, found])
        end, path = _turn(all_demands, start, tolerance / SQUARED_NORM, steps, rate, momentum)
        losses.append(SQUARED_NORM * path)
        if losses[-1][-1] > tolerance:
            break
        found = np.vstack([found, _outside(found, end)])
    rows = np.sqrt(SQUARED_NORM) * found
    generators = as_matrices(rows, given.shape[1], np.iscomplexobj(given))
    return GeneratorsInTurn(generators, tuple(losses))


def _turn(
    rows: Float[np.ndarray, "few entries"],
    row: Float[np.ndarray, " entries"],
    goal: float,
    steps: int,
    rate: float,
    momentum: float,
) -> tuple[Float[np.ndarray, " entries"], Float[np.ndarray, " evaluations"]]:
    """Gradient descent with momentum on |rows · row|², for a row of norm 1."""
    losses, speed = [], np.zeros_like(row)
    while True:
        products = rows @ row
        losses.append(products @ products)
        if losses[-1] <= goal or len(losses) > steps:
            return row, np.array(losses)
        slope = products @ rows - losses[-1] * row  # half of it, along the sphere
        speed = momentum * speed - rate * slope
        row = row + speed
        size = np.linalg.norm(row)
        row, speed = row / size, speed / size


def _outside(
    found: Float[np.ndarray, "found entries"], row: Float[np.ndarray, " entries"]
) -> Float[np.ndarray, " entries"]:
    """What is orthogonal to all that was found, of norm 1."""
    for _ in range(2):  # once more, for rounding
        row = row - (found @ row) @ found
        row = row / np.linalg.norm(row)
    return row


def _curvature(rows: Float[np.ndarray, "few entries"], row: Float[np.ndarray, " entries"]) -> float:
    """The largest eigenvalue of rowsᵀ rows, or little less."""
    for _ in range(30):
        row = row / (np.linalg.norm(row) or 1.0)
        row = (rows @ row) @ rows
    return float(np.linalg.norm(row))
