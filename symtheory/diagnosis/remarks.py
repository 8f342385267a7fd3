"""What a diagnosis says of all classes: verdicts, doubts, and what would help."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from symtheory._intervals import share_interval
from symtheory.diagnosis.asked import mean_over_poses
from symtheory.diagnosis.calibration import published_calibration
from symtheory.diagnosis.findings import Findings
from symtheory.diagnosis.verdicts import UNDECIDED, words_of
from symtheory.spectral.invariance import DEFECT_TOLERANCE

__all__ = ["SCOPE", "doubts", "helps", "remarks", "summary", "suspects"]

SCOPE = (
    "This is of very wide networks with this kernel, in the mean over their starts. Others may "
    "differ: finite width, pooling and long training are in it only if the kernel has them."
)
_ROUNDING = 1e-9  # below, a matrix is as good as invariant
_PART = {4: "a quarter of them", 2: "half", 1: "all"}


def remarks(found: Findings) -> list[str]:
    """All of them."""
    said = [summary(found), *doubts(found), *suspects(found), *helps(found)]
    return [*said, SCOPE, str(published_calibration())]


def summary(found: Findings) -> str:
    """How many classes have which verdict."""
    words = [one for one in map(words_of, found.verdict) if one]
    counts = {word: words.count(word) for word in dict.fromkeys(words)}
    return (
        "Classes: " + "; ".join(f"{word} {count}" for word, count in counts.items()) + ". "
        f"Guessing would be right for {found.chance:.0%}."
    )


def doubts(found: Findings) -> list[str]:
    """Why the theory may not speak, and what exact regression says then."""
    lines = []
    if found.defect > DEFECT_TOLERANCE:
        lines.append(
            f"The Gram matrix is {found.defect:.1%} from invariant, beyond the "
            f"{DEFECT_TOLERANCE:.0%} up to which the theory is to be trusted."
        )
    if found.certain is not None and found.defect > _ROUNDING:
        low, high = (found.certain[found.asked, :, k] for k in range(2))
        seeds = np.broadcast_to(found.seeds[found.asked, None], low.shape)
        total = int(seeds[~np.isnan(low)].sum())
        left = round(float(np.nansum((high - low) * seeds)))
        lines.append(
            f"The Gram matrix is {found.defect:.2%} from invariant. Whether seeds are right all "
            f"the same is certain, by a bound, at {total - left} of {total} missing poses of "
            "theirs; intervals allow for the others."
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
            "Exact regression, which might decide where the theory cannot, was not run. It takes "
            "the Gram matrix as it is, not first rows alone, and no more items than the argument "
            "regression_up_to says: try fewer seeds, or, in Python, a larger one."
        )
    return lines


def suspects(found: Findings) -> list[str]:
    """What else may mislead about these items."""
    cautions, lines = found.cautions, []
    pairs = cautions.conflicts(found.seeds)
    if cautions.turned.any() and not len(pairs):
        a, b = np.unravel_index(cautions.turned.argmax(), cautions.turned.shape)
        lines.append(
            f"No transform is seen to change a label: {cautions.turned.sum()} of "
            f"{found.seeds.sum()} seeds are nearest to one of another class in another pose (most, "
            f"{cautions.turned[a, b]}, of class {found.classes[a]} to class {found.classes[b]}), "
            f"and {cautions.unturned.sum()} in the same pose."
        )
    for a, b in pairs:
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
    if cautions.action_defect is not None and cautions.action_defect > 0.5e-3:
        lines.append(
            f"Two transforms in turn differ from their product by {cautions.action_defect:.1%} of "
            "what transforms change."
        )
    if cautions.interpolated is not None:
        lines.append(_traces(*cautions.interpolated))
    return lines


def _traces(share: float, low: float, high: float) -> str:
    """What a linear probe sees of interpolation."""
    measured = f"{share:.0%} (95 %: {100 * low:.0f} to {100 * high:.0f}; guessing 50)"
    if low > 0.5:
        return (
            "Interpolation leaves traces: a linear probe of the sorted entries, which do not show "
            f"the pose, tells of {measured} of poses whether they are interpolated. Networks may "
            "use that."
        )
    return (
        "Interpolation leaves no traces that a linear probe of the sorted entries finds: it is "
        f"right for {measured}."
    )


def helps(found: Findings) -> list[str]:
    """What would help, as far as it was computed.

    Shares are of all seeds: means over the poses of each class that were asked for, weighted by how
    many seeds it has.
    """
    return [*_by_kernel(found), *_by_poses(found), *_by_seeds(found), *_singular(found)]


def _by_kernel(found: Findings) -> list[str]:
    """With other kernels."""
    shares = {
        name: f"{_of_all(found, mean_over_poses(value)):.0%}"
        for name, value in found.remedies.items()
        if not np.isnan(value).all()
    }
    averaged = ", ".join(f"{said} ({name})" for name, said in shares.items() if not _pools(name))
    lines = [f"Right if the kernel is averaged over transforms: {averaged}."] if averaged else []
    return lines + [f"Right with {name}: {said}." for name, said in shares.items() if _pools(name)]


def _by_poses(found: Findings) -> list[str]:
    """With more poses."""
    finer = {count: value for count, value in found.finer.items() if not np.isnan(value).all()}
    if not finer:
        return []
    tried = ", ".join(
        f"{_of_all(found, value):.0%} ({count} poses)" for count, value in finer.items()
    )
    most, last = list(finer.items())[-1]
    enough = (share_interval(last, found.seeds)[:, 0] > 0.5).all()
    outcome = (
        f"With {most} every class would be recognized."
        if enough
        else f"Up to {most} poses, not every class would be recognized."
    )
    return [f"Right if more poses are seen, all but one: {tried}. {outcome}"]


def _by_seeds(found: Findings) -> list[str]:
    """With a part of the seeds, and with all."""
    fewer = {parts: value for parts, value in found.fewer.items() if not np.isnan(value).all()}
    if not fewer:
        return []
    said, total = [], found.seeds[found.asked].sum()
    for parts, value in [*fewer.items(), (1, mean_over_poses(found.accuracy))]:
        share = _of_all(found, value)
        low, high = share_interval(np.array(share), total)
        said.append(f"{share:.0%} ({100 * low:.0f} to {100 * high:.0f}) with {_PART[parts]}")
    return [f"Right by the number of seeds, as measured: {', '.join(said)}."]


def _singular(found: Findings) -> list[str]:
    """What is not known, since it would take a ridge."""
    names = {
        **{
            name if _pools(name) else f"averaging over {name}": value
            for name, value in found.remedies.items()
        },
        **{f"{count} poses": value for count, value in found.finer.items()},
        **{f"seeds in {parts} parts": value for parts, value in found.fewer.items()},
    }
    unknown = "; ".join(name for name, value in names.items() if np.isnan(value).all())
    if not unknown:
        return []
    return [f"Not known, as matrices are singular without a larger ridge: {unknown}."]


def _pools(name: str) -> bool:
    """Whether a remedy is pooling, not averaging."""
    return "pooling" in name


def _of_all(found: Findings, shares: Float[np.ndarray, " classes"]) -> float:
    """The share of all seeds, from those of each class that was asked."""
    seeds = found.seeds[found.asked]
    return float(shares[found.asked] @ seeds / seeds.sum())
