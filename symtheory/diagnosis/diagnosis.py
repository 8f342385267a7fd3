"""What is found: numbers for each class and pose, and how they are shown."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from symtheory.diagnosis.verdicts import FAILS, GENERALIZES, UNDECIDED, share_interval, verdicts
from symtheory.groups import FiniteGroup
from symtheory.spectral.invariance import DEFECT_TOLERANCE

__all__ = ["Diagnosis"]


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis:
    """What becomes of a pose that one class lacks, for each class and pose.

    Entry (c, g) is the problem in which all seeds of class c lack pose g, and everything else is
    seen. Theory says the same of every pose of a class; regression on interpolated items need not.

    Attributes:
        classes: The labels, sorted; the order of all that follows.
        group: The group whose elements are the poses.
        seeds: How many there are of each class, of shape (classes,).
        accuracy: The share of seeds that theory says are right, of shape (classes, |G|).
        margin: The mean of the output of the own class less the largest other one, for labels +1
            and -1, of shape (classes, |G|).
        interval: A 95 % interval of the accuracy, over seeds, of shape (classes, |G|, 2).
        regression: The share that is right by kernel regression on the Gram matrix as it is, of
            shape (classes, |G|); None where the matrix is not known, or large.
        nearest: The share that the nearest seen item gets right, of shape (classes,).
        remedies: The accuracy of each class, of shape (classes,), with the kernel averaged over
            some normal subgroup, by its name.
        signal: See `symtheory.diagnosis.forecast.Theory`; of shape (classes,).
        noise: The same, of shape (classes,).
        energy: What each irrep has of the noise, of shape (classes, irreps).
        defect: How far the Gram matrix is from invariant (`symtheory.spectral.variation_defect`).
        ill_conditioned: Whether the system leaves fewer than about four digits.
        ridge: Absolute.
    """

    classes: tuple[Hashable, ...]
    group: FiniteGroup
    seeds: Int[np.ndarray, " classes"]
    accuracy: Float[np.ndarray, "classes order"]
    margin: Float[np.ndarray, "classes order"]
    interval: Float[np.ndarray, "classes order 2"]
    regression: Float[np.ndarray, "classes order"] | None
    nearest: Float[np.ndarray, " classes"]
    remedies: Mapping[str, Float[np.ndarray, " classes"]]
    signal: Float[np.ndarray, " classes"]
    noise: Float[np.ndarray, " classes"]
    energy: Float[np.ndarray, "classes irreps"]
    defect: float
    ill_conditioned: bool
    ridge: float

    @property
    def chance(self) -> float:
        """The share that guessing gets right."""
        return 1 / len(self.classes)

    @property
    def trusted(self) -> bool:
        """Whether the theory may speak: the matrix is nearly invariant, and digits are left."""
        return self.defect <= DEFECT_TOLERANCE and not self.ill_conditioned

    @property
    def verdict(self) -> np.ndarray:
        """*generalizes*, *fails* or *undecided*, of shape (classes, |G|).

        Undecided where the interval of the accuracy spans one half, or the theory may not speak.
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

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON values, with labels as text."""
        arrays = {
            name: None if value is None else np.asarray(value).tolist()
            for name, value in {
                "seeds": self.seeds,
                "accuracy": self.accuracy,
                "margin": self.margin,
                "interval": self.interval,
                "verdict": self.verdict,
                "regression": self.regression,
                "regression_verdict": self.regression_verdict,
                "nearest": self.nearest,
                "signal": self.signal,
                "noise": self.noise,
                "energy": self.energy,
            }.items()
        }
        return arrays | {
            "classes": [str(one) for one in self.classes],
            "group": self.group.name,
            "remedies": {name: value.tolist() for name, value in self.remedies.items()},
            "chance": self.chance,
            "defect": self.defect,
            "ill_conditioned": self.ill_conditioned,
            "ridge": self.ridge,
        }

    def __repr__(self) -> str:
        """A line for each class, and what would help."""
        columns = self._columns()
        width = {head: max(map(len, [head, *cells])) for head, cells in columns.items()}
        rows = [list(columns), *zip(*columns.values(), strict=True)]
        lines = [
            "  ".join(cell.rjust(w) for cell, w in zip(row, width.values(), strict=True))
            for row in rows
        ]
        return "\n".join([self._title(), *lines, *self._remarks()])

    def _repr_html_(self) -> str:
        """The same as a table, for notebooks."""
        columns = self._columns()
        head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in zip(*columns.values(), strict=True)
        )
        remarks = "".join(f"<p>{escape(line)}</p>" for line in self._remarks())
        return (
            f"<table><caption>{escape(self._title())}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>{remarks}"
        )

    def _title(self) -> str:
        return (
            f"A pose of {self.group.name} that one class lacks: {len(self.classes)} classes, "
            f"{self.seeds.sum()} seeds, {self.seeds.sum() * self.group.order} items"
        )

    def _columns(self) -> dict[str, list[str]]:
        """What is shown of each class, as text."""
        low, high = 100 * self.interval[:, 0].T
        columns = {
            "class": [str(one) for one in self.classes],
            "seeds": [str(count) for count in self.seeds],
            "right": [f"{value:.0%}" for value in self.accuracy[:, 0]],
            "95 %": [f"{a:.0f} to {b:.0f}" for a, b in zip(low, high, strict=True)],
            "verdict": [str(word) for word in self.verdict[:, 0]],
        }
        if self.regression is not None:
            columns["regression"] = [
                f"{row.min():.0%}"
                if f"{row.min():.0%}" == f"{row.max():.0%}"
                else f"{row.min():.0%} to {row.max():.0%}"
                for row in self.regression
            ]
        columns["nearest"] = [f"{value:.0%}" for value in self.nearest]
        ratio = self.signal / self.noise
        columns["signal/noise"] = [f"{value:.2f}" for value in ratio]
        return columns

    def _remarks(self) -> list[str]:
        """What goes for all classes."""
        lines = [f"Guessing is right for {self.chance:.0%}."]
        counts = {
            word: int((self.verdict[:, 0] == word).sum())
            for word in (GENERALIZES, FAILS, UNDECIDED)
        }
        lines.append(", ".join(f"{word}: {count}" for word, count in counts.items()) + ".")
        if self.defect > DEFECT_TOLERANCE:
            lines.append(
                f"The Gram matrix is {self.defect:.1%} from invariant, beyond the "
                f"{DEFECT_TOLERANCE:.0%} up to which the theory is to be trusted: see regression."
            )
        if self.ill_conditioned:
            lines.append("Fewer than about four digits are left. Try a larger ridge.")
        lines += [
            f"With the kernel averaged over {name}: {value.mean():.0%} right."
            for name, value in self.remedies.items()
        ]
        lines.append(
            "This is of the mean of very wide networks of this kernel. Others may differ: pooling, "
            "finite width and long training are not in it unless they are in the kernel."
        )
        return lines
