"""An experiment that takes no time: a table of random numbers, a row in each unit of work."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np

from symtheory.experiments.catalog import Experiment, Parameter
from symtheory.experiments.checkpoints import Plan, Unit


def plan(dataset: Any, parameters: Mapping[str, Any]) -> Plan:
    """Rows of a table."""
    rows = parameters["rows"]
    return Plan(
        arrays={"x": np.zeros((rows, 3)), "name": np.zeros(rows, dtype="U8")},
        units=[(row,) for row in range(rows)],
        costs=[1.0 + row for row in range(rows)],
        constants={"rows": np.arange(rows)},
        workers=parameters["threads"],
    )


def compute(dataset: Any, parameters: Mapping[str, Any], unit: Unit) -> dict[str, np.ndarray]:
    """A row of it, after a pause."""
    time.sleep(parameters["pause"])
    row = unit[0]
    assert isinstance(row, int)
    if row == parameters["fails"]:
        raise ValueError("no such row")
    generator = np.random.default_rng([parameters["seed"], row])
    return {"x": generator.normal(size=3), "name": np.array(f"row {row}")}


class Toy(Experiment):
    """The module of an experiment is looked for among those of the package, but not of this one."""

    @property
    def implementation(self) -> ModuleType:
        """This module."""
        return sys.modules[compute.__module__]


def parameter(value: Any) -> Parameter:
    """The same at every scale."""
    return Parameter("Some number.", value, value, value)


TOY = Toy(
    name="toy",
    figure="none",
    summary="Random numbers.",
    details="None.",
    parameters={
        "rows": parameter(8),
        "threads": parameter(1),
        "pause": parameter(0.0),
        "fails": parameter(-1),
        "seed": parameter(1),
    },
)
