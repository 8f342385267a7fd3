"""Long runs in small units of work, kept on disk so that none is done twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import numpy as np
import scipy.linalg  # noqa: F401  JAX loads its BLAS late; only what is loaded can be limited
from threadpoolctl import threadpool_limits

from symtheory import records
from symtheory.records import Record

Unit = tuple[int | slice, ...]
Progress = Callable[[int, int], None]
FINISHED = "finished_units"


def compute_units(
    arrays: Mapping[str, np.ndarray],
    units: Sequence[Unit],
    compute: Callable[[Unit], Mapping[str, np.ndarray]],
    *,
    name: str,
    parameters: Mapping[str, Any],
    path: Path | None = None,
    resume: bool = False,
    progress: Progress | None = None,
    workers: int = 1,
) -> float:
    """Fill arrays unit by unit, and keep what is finished in a file after each.

    A unit is computed from itself alone, so a run that was broken off and resumed gives the same
    bits as one that was not. The file is left in place at the end: delete it once the result is
    saved.

    Args:
        arrays: named arrays to fill, changed in place.
        units: which part of the arrays each unit of work fills, as an index into their first axes.
        compute: takes a unit to the values of that part, for every array by name.
        name: of the experiment, and
        parameters: what the numbers depend on: a file of another run is not resumed.
        path: the file that keeps finished units, ending in .npz; None to keep nothing.
        resume: continue from that file if it exists.
        progress: called with the number of finished units and of all, at the start and after each.
        workers: how many units are computed at a time. They are begun in the given order.

    Returns:
        The seconds spent computing, those of a resumed run included.

    Raises:
        ValueError: if the file exists and `resume` is False, or it belongs to another run.
        RecordError: if the file cannot be read or written.
    """
    finished = np.zeros(len(units), dtype=bool)
    earlier = 0.0
    versions = records.package_versions()
    if path is not None and path.exists():
        kept = _kept(path, name, parameters, versions, resume)
        for key, array in arrays.items():
            array[...] = kept.data[key]
        finished[:] = kept.data[FINISHED]
        earlier = float(kept.provenance["seconds"])

    start = time.perf_counter()
    if progress is not None:
        progress(int(finished.sum()), len(units))
    # Threads, because compilers and array libraries let go of Python's lock while they work. BLAS
    # gets no threads besides: on small matrices these would mostly wait for one another, hundreds
    # of times longer than they work where the machine is busy.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(compute, units[k]): k for k in range(len(units)) if not finished[k]}
        try:
            for future in as_completed(running):
                number = running[future]
                for key, value in future.result().items():
                    arrays[key][units[number]] = value
                finished[number] = True
                if path is not None:
                    seconds = earlier + time.perf_counter() - start
                    data = {**arrays, FINISHED: finished}
                    provenance = {"versions": versions, "seconds": seconds}
                    records.save(Record(name, parameters, data, provenance), path)
                if progress is not None:
                    progress(int(finished.sum()), len(units))
        except BaseException:  # an interrupt too: what is finished is kept, nothing new is begun
            pool.shutdown(cancel_futures=True)
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
