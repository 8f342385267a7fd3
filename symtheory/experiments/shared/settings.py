"""Settings that several experiments have."""

from __future__ import annotations

from typing import Any

from symtheory.experiments.settings import setting

__all__ = [
    "ONE_RIDGE",
    "ORDERS",
    "PREPARATIONS",
    "depth",
    "draws",
    "filters",
    "networks",
    "norms",
    "orders",
    "pairs",
    "preparations",
    "ridge",
    "seed",
    "seeds",
    "widths",
]

ORDERS = (2, 4, 8, 16, 32, 64)
ONE_RIDGE = "One ridge, in double precision, for the exact error and the theory (the paper: two)."
PREPARATIONS = ("zero-mean", "unit-norm")


def orders(
    live: tuple[int, ...] = (2, 4, 8),
    reduced: tuple[int, ...] = ORDERS,
    paper: tuple[int, ...] = ORDERS,
    **bounds: Any,
) -> Any:
    """The numbers of rotations."""
    text = "Numbers N of rotations, by multiples of 360°/N."
    return setting(text, live, reduced, paper, **({"minimum": 1} | bounds))


def pairs(live: int, reduced: int, paper: int, **bounds: Any) -> Any:
    """How many pairs of images."""
    text = "Pairs of images of different classes."
    return setting(text, live, reduced, paper, minimum=1, **bounds)


def draws(
    live: int,
    reduced: int,
    paper: int,
    *,
    what: str = "Draws of the seeds of all classes.",
    **bounds: Any,
) -> Any:
    """How many times images are drawn anew."""
    return setting(what, live, reduced, paper, minimum=1, **bounds)


def seeds(
    live: int, reduced: int, paper: int, *, what: str = "Seeds of each class.", **bounds: Any
) -> Any:
    """How many images of each class are drawn."""
    return setting(what, live, reduced, paper, minimum=1, **bounds)


def norms() -> Any:
    """What images are scaled to before a wide network sees them."""
    text = "Norms that images are brought to: 1 in the paper, 28 for pixels of order one."
    return setting(text, (28.0,), (1.0, 28.0), (1.0, 28.0), above=0, beyond=True)


def widths(live: tuple[int, ...], reduced: tuple[int, ...], paper: tuple[int, ...]) -> Any:
    """The widths of networks that are compared with the infinitely wide one."""
    return setting("Widths of the hidden layer.", live, reduced, paper, minimum=1, beyond=True)


def networks(live: int, reduced: int, paper: int, *, minimum: int) -> Any:
    """How many starts."""
    text = "Networks of each width for each pair."
    return setting(text, live, reduced, paper, minimum=minimum, beyond=True)


def depth() -> Any:
    """The depth of a fully connected network."""
    return setting("Hidden layers of the infinitely wide network.", 1, 1, 1, minimum=1)


def ridge() -> Any:
    """The ridge of an exact error and of what predicts it."""
    text = "Ridge, as a fraction of the trace of the Gram matrix."
    return setting(text, 1e-10, 1e-10, 1e-10, minimum=0)


def filters() -> Any:
    """The filters of convolutional networks."""
    return setting("Sides of the filters in pixels, odd.", (3,), (3, 5), (3, 5), minimum=1)


def preparations(what: str) -> Any:
    """What is done to images before a kernel sees them."""
    text = f"What is done to {what}: zero-mean (and unit norm) or unit-norm alone."
    return setting(text, PREPARATIONS[:1], PREPARATIONS, PREPARATIONS, choices=PREPARATIONS)


def seed(draws: str) -> Any:
    """The seed, the paper's at every scale. JAX takes numbers below 2⁶³, and some runs count on."""
    return setting(draws, 124, 124, 124, minimum=0, maximum=2**62)
