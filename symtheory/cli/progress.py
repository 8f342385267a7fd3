"""How far a run is, and how long it will take."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from symtheory.experiments.checkpoints import Progress

# A run that takes less is over before anyone has read how long it takes.
WORTH_SAYING = 10.0


def duration(seconds: float) -> str:
    """A time as people say it, a second at least."""
    if seconds < 100:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def estimated(seconds: float, processes: int) -> str:
    """An estimate, and of what."""
    where = f"on {processes} workers like this machine's" if processes else "here"
    return f"About {duration(seconds)} {where}, measured on the smallest part."


@contextmanager
def bar(name: str, costs: Sequence[float], workers: int) -> Iterator[Progress]:
    """A progress bar, on a terminal only, and a line that says once how long the rest will take.

    That is measured on the first parts but the very first, which compiles: it costs nothing.

    Args:
        name: of the experiment.
        costs: of all parts.
        workers: how many of them are computed at a time.
    """
    from tqdm import tqdm

    from symtheory.experiments.checkpoints import makespan

    with tqdm(desc=name.replace("-", " "), unit="part", disable=None) as shown:
        seen: list[tuple[float, np.ndarray]] = []  # when, and which parts were done

        def progress(finished: np.ndarray) -> None:
            shown.total = finished.size
            shown.update(int(finished.sum()) - shown.n)
            seen.append((time.perf_counter(), finished))
            if len(seen) == workers + 2:  # each worker has done another part since the first
                (start, before), (now, after) = seen[1], seen[-1]
                done = sum(costs[int(k)] for k in (after & ~before).nonzero()[0])
                left = [costs[int(k)] for k in (~after).nonzero()[0]]
                rest = (now - start) * workers / done * makespan(left, workers)
                if rest > WORTH_SAYING:
                    shown.write(f"About {duration(rest)} more, measured on the first parts.")

        yield progress
