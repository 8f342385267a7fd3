"""A diagnosis as a figure. Needs matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symtheory.diagnosis.findings import Findings

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["picture"]

# Blue and vermilion (Okabe and Ito), as the classes of the book; gray for what is compared with.
THEORY, REGRESSION, RULE = "#0072B2", "#D55E00", "#767676"


def picture(found: Findings) -> Figure:
    """The share of each class that is right, its signal beside its noise, and energy by irrep."""
    from matplotlib import pyplot as plt

    asked = np.flatnonzero(found.asked)
    names = [str(found.classes[c]) for c in asked]
    size = (11, max(3.2, 0.3 * len(asked) + 1.6))
    figure, (right, border, energy) = plt.subplots(1, 3, figsize=size, layout="constrained")
    _shares(right, found, asked, names)
    _border(border, found, asked, names)
    _energy(energy, found, asked, names)
    for axes in (right, border, energy):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _shares(axes: Axes, found: Findings, asked: np.ndarray, names: list[str]) -> None:
    """What is right at the missing pose, with its interval."""
    places = np.arange(len(asked))
    right = np.nanmean(found.accuracy[asked], axis=1)
    ends = np.nanmin(found.interval[asked, :, 0], 1), np.nanmax(found.interval[asked, :, 1], 1)
    axes.axvline(0.5, color=RULE, linewidth=0.8)
    axes.hlines(places, *ends, color=THEORY, linewidth=2)
    axes.plot(right, places, "o", color=THEORY, label="theory, 95 % over seeds")
    if found.regression is not None:
        exact = np.nanmean(found.regression[asked], axis=1)
        axes.plot(
            exact,
            places,
            "|",
            color=REGRESSION,
            markersize=13,
            markeredgewidth=2,
            label="regression",
        )
    axes.set(xlim=(-0.03, 1.03), xlabel="share right at the missing pose", ylabel="class")
    axes.set_yticks(places, names)
    axes.invert_yaxis()
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2,
        fontsize="small",
        frameon=False,
        borderpad=0,
    )


def _border(axes: Axes, found: Findings, asked: np.ndarray, names: list[str]) -> None:
    """Noise against signal."""
    signal, noise = found.signal[asked], found.noise[asked]
    largest = 1.15 * max(noise.max(), signal.max())
    axes.plot([0, largest], [0, largest], color=RULE, linewidth=0.8)
    axes.plot(signal, noise, "o", color=THEORY)
    for name, x, y in zip(names, signal, noise, strict=True):
        axes.annotate(name, (x, y), xytext=(5, 3), textcoords="offset points", fontsize="small")
    axes.set(xlabel="signal", ylabel="noise", xlim=(0, None), ylim=(0, None))
    axes.set_title(
        "above the line: output of the own class below 0\n"
        "(exact where all seeds of a class are alike)",
        fontsize="small",
    )


def _energy(axes: Axes, found: Findings, asked: np.ndarray, names: list[str]) -> None:
    """What each irrep has of the noise."""
    share = 100 * found.energy[asked]
    drawn = axes.imshow(share, aspect="auto", cmap="Greys", vmin=0)
    axes.set_yticks(np.arange(len(asked)), names)
    axes.set(xlabel="irrep, the trivial one first", ylabel="class")
    axes.set_title("share of each irrep in the noise (%)", fontsize="small")
    axes.figure.colorbar(drawn, ax=axes)
