"""An experiment that takes no time: a table of random numbers, a row in each unit of work."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

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


TOY = Toy(
    name="toy", figure="none", summary="Random numbers.", details="None.", settings=ToySettings
)
