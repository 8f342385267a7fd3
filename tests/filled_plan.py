"""All that an experiment computes, in this process."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from symtheory.datasets import Dataset
from symtheory.experiments.settings import Settings


def filled(experiment: ModuleType, dataset: Dataset, settings: Settings) -> dict[str, np.ndarray]:
    """All of a run; every entry is filled by exactly one unit."""
    plan = experiment.plan(dataset, settings)
    times = {key: np.zeros(array.shape, dtype=int) for key, array in plan.arrays.items()}
    for unit in plan.units:
        values = experiment.compute(dataset, settings, unit)
        assert values.keys() == plan.arrays.keys()
        for key, value in values.items():
            assert plan.arrays[key][unit].shape == value.shape
            plan.arrays[key][unit] = value
            times[key][unit] += 1
    assert len(plan.costs) == len(plan.units) and min(plan.costs) > 0
    assert all((count == 1).all() for count in times.values())
    return plan.constants | plan.arrays
