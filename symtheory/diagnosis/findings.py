"""What is found: numbers for each class and pose, and the verdicts that follow."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int

from symtheory._intervals import share_interval
from symtheory.diagnosis.cautions import Cautions
from symtheory.diagnosis.verdicts import UNDECIDED, verdicts
from symtheory.groups import FiniteGroup
from symtheory.spectral.invariance import DEFECT_TOLERANCE

__all__ = ["Findings"]


@dataclass(frozen=True, eq=False, repr=False)
class Findings:
    """The numbers of a diagnosis. What they are says `Diagnosis`, which shows and keeps them."""

    classes: tuple[Hashable, ...]
    group: FiniteGroup
    seeds: Int[np.ndarray, " classes"]
    accuracy: Float[np.ndarray, "classes order"]
    margin: Float[np.ndarray, "classes order"]
    interval: Float[np.ndarray, "classes order 2"]
    certain: Float[np.ndarray, "classes order 2"] | None
    regression: Float[np.ndarray, "classes order"] | None
    nearest: Float[np.ndarray, "classes order"]
    remedies: Mapping[str, Float[np.ndarray, "classes order"]]
    finer: Mapping[int, Float[np.ndarray, " classes"]]
    fewer: Mapping[int, Float[np.ndarray, " classes"]]
    signal: Float[np.ndarray, " classes"]
    noise: Float[np.ndarray, " classes"]
    energy: Float[np.ndarray, "classes irreps"]
    cautions: Cautions
    defect: float
    ill_conditioned: bool
    ridge: float
    provenance: Mapping[str, Any]

    @property
    def chance(self) -> float:
        """The share that guessing gets right."""
        return 1 / len(self.classes)

    @property
    def trusted(self) -> bool:
        """Whether the theory may speak: the matrix is nearly invariant, and digits are left."""
        return self.defect <= DEFECT_TOLERANCE and not self.ill_conditioned

    @property
    def asked(self) -> Bool[np.ndarray, " classes"]:
        """The classes of which something was asked."""
        return np.asarray(~np.isnan(self.accuracy).all(axis=1))

    @property
    def verdict(self) -> np.ndarray:
        """*generalizes*, *fails* or *undecided*, of shape (classes, |G|).

        Undecided where the interval of the accuracy spans one half, with the seeds of which the
        theory is not certain, or where it may not speak at all.
        """
        return verdicts(self.interval, trusted=self.trusted)

    @property
    def regression_verdict(self) -> np.ndarray | None:
        """The same from exact regression, what the data themselves say; None where it was not run.

        Undecided where its interval spans one half, or few digits are left.
        """
        if self.regression is None:
            return None
        interval = share_interval(self.regression, self.seeds[:, None])
        return verdicts(interval, trusted=not self.ill_conditioned)

    @property
    def conclusion(self) -> np.ndarray:
        """The verdict of theory and, where that is *undecided*, of exact regression if it was run.

        Of shape (classes, |G|).
        """
        exact = self.regression_verdict
        if exact is None:
            return self.verdict
        return np.where(self.verdict == UNDECIDED, exact, self.verdict)

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values, with labels as text, and None where nothing was asked.

        But for the provenance, so that the same data give the same values.
        """
        shown = {one.name: getattr(self, one.name) for one in fields(self)}
        del shown["provenance"]
        shown |= {
            "classes": [str(one) for one in self.classes],
            "group": self.group.name,
            "verdict": self.verdict,
            "regression_verdict": self.regression_verdict,
            "conclusion": self.conclusion,
            "chance": self.chance,
        }
        return {name: _as_json(value) for name, value in shown.items()}


def _as_json(value: Any) -> Any:
    """Nested lists and objects, with None for NaN."""
    if is_dataclass(value):
        return {one.name: _as_json(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _as_json(one) for name, one in value.items()}
    if isinstance(value, float):
        return None if np.isnan(value) else value
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return value.tolist() if isinstance(value, np.ndarray) else value
    plain = value.astype(object)
    plain[np.isnan(value)] = None
    return plain.tolist()
