"""What is to be run: an experiment, its plan, and the parts that the plan is made of."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np

from symtheory.datasets import Dataset

__all__ = ["Experiment", "Implementation", "Plan", "Unit", "described", "makespan"]

Unit = tuple[int | slice, ...]


@runtime_checkable
class Implementation(Protocol):
    """What an experiment computes."""

    def plan(self, dataset: Any, settings: Any) -> Plan:
        """What is to be computed. Raises ValueError for settings that do not fit."""

    def compute(self, dataset: Any, settings: Any, unit: Any) -> Mapping[str, Any]:
        """One unit of the plan, from these arguments alone: values for its part of each array."""


@runtime_checkable
class Experiment(Protocol):
    """An experiment, as far as running it goes."""

    @property
    def name(self) -> str:
        """The name of its records."""

    @property
    def implementation(self) -> Implementation:
        """What it computes."""


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


def described(dataset: Dataset, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings and the data that they are applied to, as a record keeps them."""
    return {"dataset": dataset.name, "dataset_hash": dataset.sha256, **settings}


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
