"""The replay of training as a still picture, for print and for pages without scripts."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from symtheory.book.explorers.base import StillPicture, still
from symtheory.book.explorers.training_replay.state import STEPS, Replay
from symtheory.book.provenance import Provenance
from symtheory.book.style import CLASS_A, CLASS_B, COLUMN, FOCUS, INK, NOISE, RULE

__all__ = ["draw"]

_ENDS = (-1.8, 1.8)


def draw(state: Replay, provenance: Provenance | None = None) -> StillPicture:
    """Draw the present settings: what each network says now, and errors over all epochs.

    Args:
        state: What is shown.
        provenance: Of the record that it is from, if it is from one.
    """
    dataset = "pairs of digits"
    return still(lambda: _figure(state), alt=state.alt, dataset=dataset, provenance=provenance)


def _figure(state: Replay) -> Figure:
    figure = Figure(figsize=(COLUMN, 3.0))
    outputs, curves = figure.subplots(1, 2, gridspec_kw={"width_ratios": [1, 1.6]})
    _outputs(outputs, state)
    _curves(curves, state)
    return figure


def _outputs(ax: Axes, state: Replay) -> None:
    """How many networks say what, and below their mean and the theory's."""
    values = np.clip(state.outputs[:, state.time] / STEPS, *_ENDS)
    heights, edges = np.histogram(values, bins=36, range=_ENDS)
    middles = (edges[1:] + edges[:-1]) / 2
    colors = [CLASS_A if middle > 0 else CLASS_B for middle in middles]
    ax.bar(middles, heights, width=0.09, color=colors)
    top = max(heights.max(), 4)
    mean, half = 1 - state.errors[state.time], state.halves[state.time]
    ax.errorbar(mean, -0.16 * top, xerr=half, fmt="o", color=FOCUS, ms=5, lw=2)
    reach = 1.96 * state.deviation[state.time]
    ax.errorbar(state.flow[state.time], -0.34 * top, xerr=reach, fmt="D", color=INK, ms=4, lw=1.2)
    ax.axvline(1, color=INK, lw=2.5)
    ax.set(xlim=_ENDS, ylim=(-0.5 * top, 1.08 * top), xticks=[-1, 0, 1], yticks=[])
    ax.set_xlabel(f"{state.names[1]} ← output → {state.names[0]}")
    ax.set_title(f"epoch {state.epochs[state.time]}")


def _curves(ax: Axes, state: Replay) -> None:
    """Errors over the epochs, evenly spaced as they were looked at."""
    times = np.arange(len(state.epochs))
    ax.plot(times, 1 - state.outputs.T / STEPS, color=FOCUS, lw=0.5, alpha=0.25)
    low, high = state.errors - state.halves, state.errors + state.halves
    ax.fill_between(times, low, high, color=FOCUS, alpha=0.25, lw=0)
    ax.plot(times, state.errors, color=FOCUS, lw=2.2)
    ax.plot(times, 1 - state.flow, "--", color=INK, lw=1.6)
    ax.plot(times, 1 - state.seen, ":", color=NOISE, lw=1.6)
    ax.axhline(1, color=RULE, lw=1.2, zorder=0)
    ax.axvline(state.time, color=INK, lw=0.9)
    ax.plot(state.time, state.errors[state.time], "o", color=FOCUS, ms=8)
    shown = [k for k, epoch in enumerate(state.epochs) if epoch in (0, 1, 16, 256, 4096)]
    ax.set_xticks(shown, [str(state.epochs[k]) for k in shown])
    ax.set(xlabel="epoch", ylim=(-0.2, 2.4), yticks=[0, 1, 2])
    ax.set_title("error at the missing image")
