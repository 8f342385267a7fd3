"""What a diagnosis says, in columns, for terminals and pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill

import numpy as np
from jaxtyping import Float

from symtheory.diagnosis.findings import Findings
from symtheory.diagnosis.layout import WIDTH, tables
from symtheory.diagnosis.remarks import remarks
from symtheory.diagnosis.verdicts import words_of

__all__ = ["columns", "named", "side_by_side", "text", "title"]


def title(found: Findings) -> str:
    """How much there is of what, and what is asked."""
    total, order = int(found.seeds.sum()), found.group.order
    return (
        f"{total * order} items, {total} seeds of {len(found.classes)} classes in {order} poses "
        f"({found.group.name}). Is a pose recognized that one class lacks?"
    )


def text(found: Findings) -> str:
    """A line for each class, and what goes for all."""
    head, *lines = (fill(line, WIDTH) for line in (title(found), *remarks(found)))
    return "\n".join([head, tables(columns(found)), *lines])


def side_by_side(several: Mapping[str, Findings]) -> str:
    """Several networks on the same items: what each gets right of each class, and its verdict."""
    first = next(iter(several.values()))
    table = {"class": _named(first), "seeds": [str(count) for count in first.seeds[first.asked]]}
    for name, one in several.items():
        shown = columns(one)
        table[name] = [
            f"{right} {words}"
            for right, words in zip(shown["right"], shown["verdict"], strict=True)
        ]
    return f"Right at the missing pose, by class and network:\n{tables(table)}"


def named(several: Mapping[str, Findings]) -> str:
    """The report of each network, below its name."""
    return "\n\n".join(f"{fill(name, WIDTH)}\n{text(one)}" for name, one in several.items())


def columns(found: Findings) -> dict[str, list[str]]:
    """What is shown of each class, as text: where poses differ, from the least to the most."""
    asked = found.asked
    low, high = found.interval[asked, :, 0], found.interval[asked, :, 1]
    shown = {
        "class": _named(found),
        "seeds": [str(count) for count in found.seeds[asked]],
        "right": _spans(found.accuracy[asked]),
        "95 %": [
            f"{100 * a:.0f} to {100 * b:.0f}"
            for a, b in zip(np.nanmin(low, axis=1), np.nanmax(high, axis=1), strict=True)
        ],
        "verdict": [words_of(words) for words in found.verdict[asked]],
    }
    if found.regression is not None:
        shown["regression"] = _spans(found.regression[asked])
    shown["nearest"] = _spans(found.nearest[asked])
    ratio = found.noise[asked] / found.signal[asked]
    shown["noise\N{NO-BREAK SPACE}/ signal"] = [f"{value:.2f}" for value in ratio]
    return shown


def _named(found: Findings) -> list[str]:
    return [str(one) for one, yes in zip(found.classes, found.asked, strict=True) if yes]


def _spans(shares: Float[np.ndarray, "classes order"]) -> list[str]:
    """Each class in percent, from the least to the most of its poses."""
    ends = zip(np.nanmin(shares, axis=1), np.nanmax(shares, axis=1), strict=True)
    words = [(f"{low:.0%}", f"{high:.0%}") for low, high in ends]
    return [low if low == high else f"{low} to {high}" for low, high in words]
