"""What a diagnosis says, in words and columns, for terminals and pages alike."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill

import numpy as np
from jaxtyping import Float

from symtheory._tables import aligned
from symtheory.diagnosis.findings import Findings
from symtheory.diagnosis.verdicts import UNDECIDED, share_interval, words_of
from symtheory.spectral.invariance import DEFECT_TOLERANCE

__all__ = ["WIDTH", "columns", "remarks", "side_by_side", "text", "title"]

WIDTH = 88  # of what the terminal shows
SCOPE = (
    "This is of very wide networks with this kernel, in the mean over their starts. Others may "
    "differ: finite width, pooling and long training are in it only if the kernel has them."
)


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
    return "\n".join([aligned(head, columns(found)), *lines])


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
    return aligned("Right at the missing pose, by class and network:", table)


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
    ratio = found.signal[asked] / found.noise[asked]
    shown["signal/noise"] = [f"{value:.2f}" for value in ratio]
    return shown


def remarks(found: Findings) -> list[str]:
    """What goes for all classes."""
    words = [one for one in map(words_of, found.verdict) if one]
    counts = {word: words.count(word) for word in dict.fromkeys(words)}
    return [
        "Classes: " + "; ".join(f"{word} {count}" for word, count in counts.items()) + ". "
        f"Guessing would be right for {found.chance:.0%}.",
        *_doubts(found),
        *_suspects(found),
        *_helps(found),
        SCOPE,
    ]


def _doubts(found: Findings) -> list[str]:
    """Why the theory may not speak, and what exact regression says then."""
    lines = []
    if found.defect > DEFECT_TOLERANCE:
        lines.append(
            f"The Gram matrix is {found.defect:.1%} from invariant, beyond the "
            f"{DEFECT_TOLERANCE:.0%} up to which the theory is to be trusted."
        )
    if found.ill_conditioned:
        lines.append("Fewer than about four digits are left. Try a larger ridge.")
    exact = found.regression_verdict
    settled = (
        {}
        if exact is None
        else {
            name: words_of(exact[c][found.verdict[c] == UNDECIDED])
            for c, name in enumerate(map(str, found.classes))
        }
    )
    settled = {name: words for name, words in settled.items() if words not in ("", UNDECIDED)}
    if settled:
        each = ", ".join(f"{name} {words}" for name, words in settled.items())
        lines.append(f"Where the theory is undecided, exact regression says: {each}.")
    elif exact is None and (found.verdict == UNDECIDED).any():
        lines.append(
            "Exact regression, which might decide where the theory cannot, was not run: see "
            "regression_up_to."
        )
    return lines


def _suspects(found: Findings) -> list[str]:
    """What else may mislead about these items."""
    cautions, lines = found.cautions, []
    for a, b in cautions.conflicts(found.seeds):
        one, other = found.classes[a], found.classes[b]
        if cautions.copies[a, b]:
            lines.append(
                f"Label conflict: {cautions.copies[a, b]} of {found.seeds[a]} seeds of class {one} "
                f"are, in some pose, one of class {other}. No network can tell them apart."
            )
        else:
            lines.append(
                f"Transforms may change the label: of {found.seeds[a]} seeds of class {one}, "
                f"{cautions.turned[a, b]} are nearest to one of class {other} in another pose "
                f"(most often {found.group.label(int(cautions.element[a, b]))}), and "
                f"{cautions.unturned[a, b]} in the same."
            )
    if cautions.symmetric.any():
        each = ", ".join(
            f"{count} of class {name}"
            for name, count in zip(found.classes, cautions.symmetric, strict=True)
            if count
        )
        lines.append(
            "Seeds that look the same in two poses, to the kernel, so that a missing pose of "
            f"theirs is not unseen: {each}."
        )
    if cautions.from_the_right:
        lines.append("The transforms act from the right: their inverses were taken.")
    if cautions.action_defect > 0.5e-3:
        lines.append(
            f"Two transforms in turn differ from their product by {cautions.action_defect:.1%} of "
            "what transforms change."
        )
    share, low, high = cautions.interpolated
    if low > 0.5:
        lines.append(
            "Interpolation leaves traces: a linear probe of the sorted entries, which do not show "
            f"the pose, tells {share:.0%} of poses to be interpolated or not "
            f"(95 %: {100 * low:.0f} to {100 * high:.0f}; guessing 50). Networks may use them."
        )
    elif not np.isnan(share):
        lines.append(
            "Interpolation leaves no traces that a linear probe of the sorted entries finds: "
            f"{share:.0%} told (95 %: {100 * low:.0f} to {100 * high:.0f}; guessing 50)."
        )
    return lines


def _helps(found: Findings) -> list[str]:
    """What would help, as far as it was computed."""
    lines = []
    pooled = {name: value for name, value in found.remedies.items() if "pooling" in name}
    helps = [
        f"{np.nanmean(value):.0%} ({name})"
        for name, value in found.remedies.items()
        if name not in pooled
    ]
    if helps:
        lines.append(f"Right if the kernel is averaged over transforms: {', '.join(helps)}.")
    lines += [f"Right with {name}: {np.nanmean(value):.0%}." for name, value in pooled.items()]
    if found.finer:
        tried = ", ".join(
            f"{np.mean(value):.0%} ({count} poses)" for count, value in found.finer.items()
        )
        most, last = list(found.finer.items())[-1]
        enough = (share_interval(last, found.seeds)[:, 0] > 0.5).all()
        lines.append(
            f"Right if more poses are seen, all but one: {tried}. "
            + (
                f"With {most} every class would be recognized."
                if enough
                else f"Up to {most} poses, not every class would be recognized."
            )
        )
    if found.fewer:
        # One seed of a class stands for itself: what is compared are means over all of them.
        total = found.seeds.sum()
        parts = [*found.fewer.items(), (1, np.nanmean(found.accuracy, axis=1))]
        said = []
        for split, value in parts:
            share = np.array((value * found.seeds).sum() / total)
            if np.isnan(share):
                continue
            low, high = share_interval(share, np.array(total))
            said.append(f"{share:.0%} ({100 * low:.0f} to {100 * high:.0f}) with {_PART[split]}")
        lines.append(f"Right by the number of seeds, as measured: {', '.join(said)}.")
    return lines


_PART = {4: "a quarter of them", 2: "half", 1: "all"}


def _named(found: Findings) -> list[str]:
    return [str(one) for one, yes in zip(found.classes, found.asked, strict=True) if yes]


def _spans(shares: Float[np.ndarray, "classes order"]) -> list[str]:
    """Each class in percent, from the least to the most of its poses."""
    ends = zip(np.nanmin(shares, axis=1), np.nanmax(shares, axis=1), strict=True)
    words = [(f"{low:.0%}", f"{high:.0%}") for low, high in ends]
    return [low if low == high else f"{low} to {high}" for low, high in words]
