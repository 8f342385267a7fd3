"""Long runs in small units of work, kept on disk so that none is done twice."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from symtheory import records
from symtheory.records import Record

__all__ = ["FINISHED", "Plan", "Progress", "Submit", "Unit", "compute_units", "makespan"]

Unit = tuple[int | slice, ...]
Progress = Callable[[np.ndarray], None]
Submit = Callable[[Unit], "Future[Mapping[str, np.ndarray]]"]
FINISHED = "finished_units"


@dataclass(frozen=True)
class Plan:
    """What a run computes, in parts that do not depend on one another.

    Attributes:
        arrays: named arrays to fill, of their final shapes and types.
        units: which part of the arrays each unit of work fills, as an index into their first axes.
            They are begun in this order: put those that take least first, so that an estimate of
            the time, which is measured on the first one, is there soon.
        costs: of each unit, in any measure that is proportional to the time it takes.
        constants: arrays that are stored besides, such as the orders and the pairs.
        workers: how many units at a time pay off in threads on two cores.
    """

    arrays: dict[str, np.ndarray]
    units: Sequence[Unit]
    costs: Sequence[float]
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    workers: int = 1


def makespan(costs: Sequence[float], workers: int) -> float:
    """How long several workers take for independent parts.

    Each takes the next part of the list as soon as it is free. That is never longer than the
    longest part and an equal share of all the work together (Graham 1966).

    Args:
        costs: the time that each part takes, in the order in which they are begun.
        workers: how many there are, at least 1.

    Returns:
        When the last of them is done, in the unit of the costs.
    """
    free = [0.0] * workers  # when each is free again: a heap
    for cost in costs:
        heapq.heapreplace(free, free[0] + cost)
    return max(free)


def compute_units(
    plan: Plan,
    submit: Submit,
    *,
    name: str,
    parameters: Mapping[str, Any],
    path: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
) -> float:
    """Fill the arrays of a plan unit by unit, and keep what is finished in a file after each.

    A unit is computed from itself alone, so a run that was broken off and resumed gives the same
    bits as one that was not. The file is left in place at the end: delete it once the result is
    saved.

    Args:
        plan: its arrays are changed in place.
        submit: begins a unit, or queues it, and returns the future of its values, for every array
            by name.
        name: of the experiment, and
        parameters: what the numbers depend on: a file of another run is not resumed.
        path: the file that keeps finished units, ending in .npz; None to keep nothing.
        resume: continue from that file if it exists.
        progress: called with a boolean for each unit, whether it is finished, at the start and
            after each.

    Returns:
        The seconds spent computing, those of a resumed run included.

    Raises:
        ValueError: if the file exists and `resume` is False, or it belongs to another run.
        RecordError: if the file cannot be read or written.
    """
    finished = np.zeros(len(plan.units), dtype=bool)
    earlier = 0.0
    versions = records.package_versions()
    if path is not None:
        records.require_writable(path)
        if path.exists():
            kept = _kept(path, name, parameters, versions, resume)
            for key, array in plan.arrays.items():
                array[...] = kept.data[key]
            finished[:] = kept.data[FINISHED]
            earlier = float(kept.provenance["seconds"])

    start = time.perf_counter()
    if progress is not None:
        progress(finished.copy())
    running: dict[Future[Mapping[str, np.ndarray]], int] = {}
    try:
        for k in np.flatnonzero(~finished):
            running[submit(plan.units[int(k)])] = int(k)
        for future in as_completed(running):
            number = running[future]
            for key, value in future.result().items():
                plan.arrays[key][plan.units[number]] = value
            finished[number] = True
            if path is not None:
                seconds = earlier + time.perf_counter() - start
                data = {**plan.arrays, FINISHED: finished}
                provenance = {"versions": versions, "seconds": seconds}
                records.save(Record(name, parameters, data, provenance), path)
            if progress is not None:
                progress(finished.copy())
    except BaseException:  # an interrupt too: what is finished is kept, nothing new is begun
        for future in running:
            future.cancel()
        raise
    return earlier + time.perf_counter() - start


def _kept(
    path: Path,
    name: str,
    parameters: Mapping[str, Any],
    versions: Mapping[str, str],
    resume: bool,
) -> Record:
    """The record of an unfinished run, if it is to be resumed and is of this run."""
    kept = records.load(path)
    if not resume:
        done = kept.data.get(FINISHED, np.zeros(0))
        raise ValueError(
            f"Expected no unfinished run in {path}. Got one, {int(done.sum())} of {done.size} "
            "parts done. Try --resume to finish it, or delete that file to begin again."
        )
    asked = {"experiment": name, **parameters, **versions}
    found = {"experiment": kept.name, **kept.parameters, **kept.provenance["versions"]}
    different = [key for key in asked if asked[key] != found.get(key)]
    if different:
        key = different[0]
        raise ValueError(
            f"Expected the unfinished run in {path} to be of the same {key}, {asked[key]}. "
            f"Got {found.get(key)}. Try the command that it was begun with, or delete that file."
        )
    return kept
