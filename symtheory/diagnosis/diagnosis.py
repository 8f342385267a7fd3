"""What is found: numbers for each class and pose, and how they are shown."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from html import escape
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Int

from symtheory.diagnosis.verdicts import share_interval, verdicts
from symtheory.groups import FiniteGroup
from symtheory.spectral.invariance import DEFECT_TOLERANCE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Diagnosis"]

WIDTH = 88  # of what the terminal shows


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis:
    """What becomes of a pose that one class lacks, for each class and pose.

    Entry (c, g) is the problem in which all seeds of class c lack pose g, and everything else is
    seen. Theory says the same of every pose of a class; regression on interpolated items need not.
    Where it was said what is missing, there is one problem, and what was not asked is NaN.

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
        nearest: The share that the nearest seen item gets right, of shape (classes, |G|).
        remedies: The accuracy with the kernel averaged over some normal subgroup, by its name, of
            shape (classes, |G|).
        signal: For each class, the mean of y (Λ_1⁻¹ y) over its seeds, in inverse units of the
            kernel, of shape (classes,). See `symtheory.spectral`.
        noise: For each class, the mean of the inverse blocks over the group, along the sum of its
            seeds, in the same units, of shape (classes,). Signal over noise is the mean error at
            one missing pose where all seeds are alike.
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
    nearest: Float[np.ndarray, "classes order"]
    remedies: Mapping[str, Float[np.ndarray, "classes order"]]
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
        """All of it as JSON values, with labels as text, and None where nothing was asked."""
        arrays = {
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
        }
        return {name: _as_json(value) for name, value in arrays.items()} | {
            "classes": [str(one) for one in self.classes],
            "group": self.group.name,
            "remedies": {name: _as_json(value) for name, value in self.remedies.items()},
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
        title, *remarks = (fill(line, WIDTH) for line in (self._title(), *self._remarks()))
        return "\n".join([title, *lines, *remarks])

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

    def plot(self) -> Figure:
        """Each class: the share that is right, with its interval; and its signal beside its noise.

        Needs matplotlib.
        """
        from matplotlib import pyplot as plt

        asked = np.flatnonzero(~np.isnan(self.accuracy).all(axis=1))
        names = [str(self.classes[c]) for c in asked]
        figure, (shares, border) = plt.subplots(1, 2, figsize=(8, 0.35 * len(asked) + 2))
        places = np.arange(len(asked))
        right = np.nanmean(self.accuracy[asked], axis=1)
        ends = np.nanmin(self.interval[asked, :, 0], 1), np.nanmax(self.interval[asked, :, 1], 1)
        shares.hlines(places, *ends, color="C0")
        shares.plot(right, places, "o", color="C0", label="theory, 95 % over seeds")
        if self.regression is not None:
            exact = np.nanmean(self.regression[asked], axis=1)
            shares.plot(exact, places, "|", color="C1", markersize=14, label="regression")
        shares.axvline(0.5, color="gray", linewidth=0.8)
        shares.set(xlim=(-0.03, 1.03), xlabel="share right at the missing pose", ylabel="class")
        shares.set_yticks(places, names)
        shares.invert_yaxis()
        shares.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, fontsize="small")
        signal, noise = self.signal[asked], self.noise[asked]
        border.plot(noise, signal, "o", color="C0")
        for name, x, y in zip(names, noise, signal, strict=True):
            border.annotate(name, (x, y), xytext=(5, 3), textcoords="offset points")
        largest = 1.1 * max(noise.max(), signal.max())
        border.plot([0, largest], [0, largest], color="gray", linewidth=0.8)
        border.set(xlabel="noise", ylabel="signal")
        border.set_title("above the line: output of the own class below 0", fontsize="small")
        figure.tight_layout()
        return figure

    def _title(self) -> str:
        return (
            f"{self.seeds.sum() * self.group.order} items, {self.seeds.sum()} seeds of "
            f"{len(self.classes)} classes in {self.group.order} poses ({self.group.name}). Is a "
            "pose recognized that one class lacks?"
        )

    def _columns(self) -> dict[str, list[str]]:
        """What is shown of each class, as text: where poses differ, from the least to the most."""
        asked = ~np.isnan(self.accuracy).all(axis=1)
        low, high = self.interval[asked, :, 0], self.interval[asked, :, 1]
        columns = {
            "class": [str(one) for one, yes in zip(self.classes, asked, strict=True) if yes],
            "seeds": [str(count) for count in self.seeds[asked]],
            "right": _spans(self.accuracy[asked]),
            "95 %": [
                f"{100 * a:.0f} to {100 * b:.0f}"
                for a, b in zip(np.nanmin(low, axis=1), np.nanmax(high, axis=1), strict=True)
            ],
            "verdict": [
                ", ".join(dict.fromkeys(filter(None, words))) for words in self.verdict[asked]
            ],
        }
        if self.regression is not None:
            columns["regression"] = _spans(self.regression[asked])
        columns["nearest"] = _spans(self.nearest[asked])
        ratio = self.signal[asked] / self.noise[asked]
        columns["signal/noise"] = [f"{value:.2f}" for value in ratio]
        return columns

    def _remarks(self) -> list[str]:
        """What goes for all classes."""
        words = [", ".join(dict.fromkeys(filter(None, row))) for row in self.verdict]
        counts = {word: words.count(word) for word in dict.fromkeys(filter(None, words))}
        lines = [
            "Classes: " + "; ".join(f"{word} {count}" for word, count in counts.items()) + ". "
            f"Guessing would be right for {self.chance:.0%}."
        ]
        if self.defect > DEFECT_TOLERANCE:
            lines.append(
                f"The Gram matrix is {self.defect:.1%} from invariant, beyond the "
                f"{DEFECT_TOLERANCE:.0%} up to which the theory is to be trusted: see regression."
            )
        if self.ill_conditioned:
            lines.append("Fewer than about four digits are left. Try a larger ridge.")
        helps = [f"{np.nanmean(value):.0%} ({name})" for name, value in self.remedies.items()]
        if helps:
            lines.append(f"Right if the kernel is averaged over transforms: {', '.join(helps)}.")
        lines.append(
            "This is of very wide networks with this kernel, in the mean over their starts. Others "
            "may differ: finite width, pooling and long training are in it only if the kernel has "
            "them."
        )
        return lines


def _spans(shares: Float[np.ndarray, "classes order"]) -> list[str]:
    """Each class in percent, from the least to the most of its poses."""
    ends = zip(np.nanmin(shares, axis=1), np.nanmax(shares, axis=1), strict=True)
    words = [(f"{low:.0%}", f"{high:.0%}") for low, high in ends]
    return [low if low == high else f"{low} to {high}" for low, high in words]


def _as_json(value: np.ndarray | None) -> Any:
    """Nested lists, with None for NaN."""
    if value is None or value.dtype.kind != "f":
        return None if value is None else value.tolist()
    plain = value.astype(object)
    plain[np.isnan(value)] = None
    return plain.tolist()
