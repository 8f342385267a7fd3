"""How far a run is, and how long it will take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from symtheory.runs import Announce, Estimate, Progress

__all__ = ["WORTH_SAYING", "bar", "duration", "estimated"]

# A run that takes less is over before anyone has read how long it takes.
WORTH_SAYING = 10.0


def duration(seconds: float) -> str:
    """A time as people say it, a second at least."""
    if seconds < 100:
        return f"{max(seconds, 1):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def estimated(left: Estimate, processes: int) -> str:
    """An estimate, of what, and what must fit into a limit of time."""
    parts = "1 part" if left.parts == 1 else f"{left.parts} parts"
    if left.seconds is None or left.longest is None:
        return (
            f"Not estimated: of {parts}, to measure one would take more than a tenth of the run. "
            "Try it without --estimate; a long run says how much is left, and keeps whole parts."
        )
    where = f"on {processes} workers like this machine's" if processes else "here"
    return (
        f"About {duration(left.seconds)} {where}, measured on the smallest of {parts}. The longest "
        f"takes about {duration(left.longest)}: only whole parts are kept when a run is stopped."
    )


@contextmanager
def bar(name: str) -> Iterator[tuple[Progress, Announce]]:
    """A progress bar, on a terminal only, and what writes how long the rest will take above it.

    Args:
        name: of the experiment.
    """
    from tqdm import tqdm

    with tqdm(desc=name.replace("-", " "), unit="part", disable=None) as shown:

        def progress(finished: np.ndarray) -> None:
            shown.total = finished.size
            shown.update(int(finished.sum()) - shown.n)

        def announce(seconds: float) -> None:
            if seconds > WORTH_SAYING:
                shown.write(f"About {duration(seconds)} more, measured on the first parts.")

        yield progress, announce
