"""What is finished of a long run, kept on disk so that none of it is done twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from symtheory import records
from symtheory._checks import warn
from symtheory.records import Record
from symtheory.records.base import as_json, as_npz, contents
from symtheory.runs.plan import Plan

__all__ = ["FINISHED", "Checkpoint", "ResumeWarning"]

FINISHED = "finished_units"
# A record holds its JSON text besides the arrays.
SLACK = 2**20


class ResumeWarning(UserWarning):
    """A run is resumed under other conditions than it was begun in."""


@dataclass(frozen=True)
class Checkpoint:
    """The file of one run.

    What the numbers depend on is kept with them: the experiment's name, its settings and data, the
    versions of packages, the source of this package, and how many cores there were. A file of
    another run, or of this one by other code, is not resumed.

    Attributes:
        path: of the file, ending in .npz.
        name: of the experiment.
        parameters: what the numbers depend on, as the file gives them back.

    Raises:
        ValueError: if the path does not end in .npz, or a parameter is no JSON value.
    """

    path: Path
    name: str
    parameters: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", as_npz(self.path))
        object.__setattr__(self, "parameters", as_json(self.parameters, "settings"))

    def require_writable(self, plan: Plan) -> None:
        """Make sure that a plan can be kept, before any of it is computed.

        Raises:
            ValueError: if a file cannot hold one of its arrays.
            RecordError: if the file cannot be written.
        """
        contents(self._record(plan, np.zeros(len(plan.units), dtype=bool), 0.0))
        records.require_writable(self.path)

    def save(self, plan: Plan, finished: np.ndarray, seconds: float) -> None:
        """Keep the arrays of a plan, whose units are finished or not.

        Raises:
            RecordError: if the file cannot be written.
        """
        records.save(self._record(plan, finished, seconds), self.path)

    def finished(self, plan: Plan) -> np.ndarray:
        """Which units of a plan are finished, without reading its arrays; none without a file.

        Raises:
            ValueError: if the file is of another run.
            RecordError: if it is damaged.
        """
        if not self.path.exists():
            return np.zeros(len(plan.units), dtype=bool)
        self._check(plan)
        return self._load(plan).data[FINISHED]

    def fill(self, plan: Plan) -> tuple[np.ndarray, float]:
        """Fill the arrays of a plan with what the file holds.

        Returns:
            Which units are finished, and the seconds that they took.

        Raises:
            ValueError: if the file is of another run.
            RecordError: if it is damaged.
        """
        self._check(plan)
        kept = self._load(plan)
        for key, array in plan.arrays.items():
            array[...] = kept.data[key]
        cores, here = kept.provenance.get("cores"), records.available_cores()
        if cores != here:
            warn(
                f"Expected to resume on {cores} cores, as the run was begun. Got {here}. Trained "
                "networks can differ in their last digits, and by more after many steps. "
                "Try taskset, or begin again.",
                ResumeWarning,
            )
        return kept.data[FINISHED], float(kept.provenance["seconds"])

    def refuse(self) -> None:
        """Raise a ValueError that says what to do with a file that is not to be resumed."""
        there = records.describe(self.path)
        shape = there.arrays[FINISHED].shape if FINISHED in there.arrays else ()
        raise ValueError(
            f"Expected no unfinished run in {self.path}. Got one of {there.name}, in "
            f"{shape[0] if shape else 'some'} parts. "
            "Try --resume to finish it, or delete that file to begin again."
        )

    def _record(self, plan: Plan, finished: np.ndarray, seconds: float) -> Record:
        provenance = {**self._conditions(), "cores": records.available_cores(), "seconds": seconds}
        return Record(self.name, self.parameters, {**plan.arrays, FINISHED: finished}, provenance)

    def _conditions(self) -> dict[str, Any]:
        return {"versions": records.package_versions(), "source": records.source_hash()}

    def _check(self, plan: Plan) -> None:
        """What the file is, before anything of its arrays is read."""
        there = records.describe(self.path)
        here = self._conditions()
        asked = {"experiment": self.name, **self.parameters, **here["versions"]}
        found = {
            "experiment": there.name,
            **there.parameters,
            **there.provenance.get("versions", {}),
        }
        different = [key for key in asked if asked[key] != found.get(key)]
        if different:
            key = different[0]
            raise ValueError(
                f"Expected the unfinished run in {self.path} to be of the same {key}, "
                f"{asked[key]}. Got {found.get(key)}. "
                "Try the command that it was begun with, or delete that file."
            )
        if there.provenance.get("source") != here["source"]:
            raise ValueError(
                f"Expected the unfinished run in {self.path} to be of this code. Got one of "
                "another state of symtheory's source: its numbers and new ones would be mixed. "
                "Try the state that it was begun with, or delete that file."
            )
        expected = {key: (array.shape, array.dtype) for key, array in plan.arrays.items()}
        expected[FINISHED] = ((len(plan.units),), np.dtype(bool))
        arrays = {key: (header.shape, header.dtype) for key, header in there.arrays.items()}
        wrong = [key for key in expected | arrays if expected.get(key) != arrays.get(key)]
        if wrong or "seconds" not in there.provenance:
            key = wrong[0] if wrong else "seconds"
            raise ValueError(
                f"Expected the unfinished run in {self.path} to hold {key} as "
                f"{_text(expected.get(key))}. Got {_text(arrays.get(key))}. "
                "Try deleting that file."
            )

    def _load(self, plan: Plan) -> Record:
        size = sum(array.nbytes for array in plan.arrays.values()) + len(plan.units)
        return records.load(self.path, max_bytes=size + SLACK)


def _text(array: tuple[tuple[int, ...], np.dtype] | None) -> str:
    return "nothing" if array is None else f"{array[1]} of shape {array[0]}"
