"""An experiment that takes no time: a table of random numbers, a row in each unit of work."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

from symtheory import records, runs
from symtheory.datasets import Dataset
from symtheory.experiments.experiment import Experiment
from symtheory.experiments.settings import Settings, setting
from symtheory.runs import Plan


class Unit(NamedTuple):
    row: int


def some(value: Any) -> Any:
    """The same at every scale."""
    return setting("Some number.", value, value, value)


@dataclass(frozen=True, kw_only=True)
class ToySettings(Settings):
    rows: int = some(8)
    threads: int = some(1)
    pause: float = some(0.0)
    fails: int = some(-1)
    seed: int = some(1)


def plan(dataset: Any, settings: ToySettings) -> Plan:
    """Rows of a table."""
    rows = settings.rows
    return Plan(
        arrays={"x": np.zeros((rows, 3)), "name": np.zeros(rows, dtype="U8")},
        units=[Unit(row) for row in range(rows)],
        costs=[1.0 + row for row in range(rows)],
        constants={"rows": np.arange(rows)},
        workers=settings.threads,
    )


def compute(dataset: Any, settings: ToySettings, unit: Unit) -> Mapping[str, np.ndarray]:
    """A row of it, after a pause."""
    time.sleep(settings.pause)
    if unit.row == settings.fails:
        raise ValueError("no such row")
    generator = np.random.default_rng([settings.seed, unit.row])
    return {"x": generator.normal(size=3), "name": np.array(f"row {unit.row}")}


class Toy(Experiment):
    """An experiment in one file: this one."""

    @property
    def implementation(self) -> ModuleType:
        """This module."""
        return sys.modules[compute.__module__]


TOY = Toy(name="toy", figure=None, summary="Random numbers.", details="None.", settings=ToySettings)


def make_record(begins: Connection, path: Path, out: Path) -> None:
    """A run of many parts, kept in one file on the way, and its record in another."""
    settings = TOY.at_scale("live", rows=60, pause=0.02)
    none = Dataset("digits", np.zeros((1, 2, 2)), np.zeros(1, int), "")

    def tell(finished: np.ndarray) -> None:
        if finished.any() and not begins.closed:
            begins.send("begins")
            begins.close()

    arrays, _ = runs.run(TOY, none, settings, checkpoint=path, resume=path.exists(), progress=tell)
    records.save(records.Record("toy", settings, arrays, {}), out)
    path.unlink(missing_ok=True)
