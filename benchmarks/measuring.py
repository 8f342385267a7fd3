"""Two ways of doing one thing, timed in turn.

On a machine with other work on it seconds mean little, and their ratio means more: the two ways
take turns, so that what slows the machine slows both, and each pair of turns gives one ratio.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from symtheory.experiments.shared.statistics import median_ratio

REPEATS = 6  # from this many on, the median of the ratios has an interval of 95 %

Way = Callable[[], object]


@dataclass(frozen=True)
class Comparison:
    """What two ways of doing one thing took.

    Attributes:
        what: They both do.
        ours: The way of this package.
        other: The other, with its version.
        wall: Seconds, of shape (repeats, 2), ours first.
        cpu: Seconds of the processor, in all threads and processes, likewise; NaN where another
            program measured itself.
        difference: The largest relative difference of what they return, NaN if there is none.
    """

    what: str
    ours: str
    other: str
    wall: np.ndarray
    cpu: np.ndarray
    difference: float = np.nan

    def line(self) -> str:
        """The comparison in a line."""
        parts = [f"{self.what}: {self.ours} {np.median(self.wall[:, 0]):.3g} s"]
        parts += [f"{self.other} {np.median(self.wall[:, 1]):.3g} s"]
        for name, seconds in (("wall", self.wall), ("CPU", self.cpu)):
            if np.isfinite(seconds).all():
                middle, low, high = median_ratio(seconds)
                parts.append(f"ratio of {name} {middle:.2f} ({low:.2f} to {high:.2f})")
        return ", ".join(parts)


@dataclass(frozen=True)
class Skipped:
    """What could not be compared, and why."""

    what: str
    why: str

    def line(self) -> str:
        """The same in a line."""
        return f"{self.what}: skipped, {self.why}"


Comparisons = Iterator[Comparison | Skipped]


def in_turn(ours: Way, other: Way, repeats: int = REPEATS) -> tuple[np.ndarray, np.ndarray]:
    """Wall and processor seconds of two ways, each of shape (repeats, 2).

    Each has run once before, so that nothing is compiled any more; who begins changes.
    """
    ways = ours, other
    for way in ways:
        way()
    wall, cpu = np.empty((2, repeats, 2))
    for repeat in range(repeats):
        for turn in (0, 1) if repeat % 2 else (1, 0):
            start = time.perf_counter(), processor_seconds()
            ways[turn]()
            wall[repeat, turn] = time.perf_counter() - start[0]
            cpu[repeat, turn] = processor_seconds() - start[1]
    return wall, cpu


def processor_seconds() -> float:
    """Of this process, and of its children that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def named(package: str) -> str:
    """A package with its version."""
    return f"{package} {version(package)}"
