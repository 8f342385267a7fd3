"""What a verdict is worth: how often trained networks did what a diagnosis had said of them.

From the record of the experiment `diagnosis`, in which networks were diagnosed and then trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from symtheory._intervals import share_interval
from symtheory.diagnosis.verdicts import FAILS, GENERALIZES, UNDECIDED, verdicts
from symtheory.records import Record, load, published
from symtheory.spectral.invariance import DEFECT_TOLERANCE

__all__ = [
    "HIGH",
    "LOW",
    "RECORD",
    "Calibration",
    "Cases",
    "calibration",
    "cases",
    "published_calibration",
]

RECORD = "diagnosis-mnist"
HIGH, LOW = 0.9, 0.5  # what a trained network should reach, or not exceed
_ROUNDING = 1e-9  # of a defect, below which the bound on the theory's error is nothing


class Cases(NamedTuple):
    """Forecasts beside what came of them: a class that lacks a pose, of one network, at one N.

    NaN, and no verdict, where nothing was computed.

    Attributes:
        predicted: The share of its seeds that a diagnosis says are right, a mean over starts.
        trained: The share that the trained networks got right, a mean over starts.
        verdict: *generalizes*, *fails* or *undecided*.
        by_theory: Whether that is the word of the theory; else of exact regression.
    """

    predicted: Float[np.ndarray, "networks orders classes"]
    trained: Float[np.ndarray, "networks orders classes"]
    verdict: np.ndarray
    by_theory: Bool[np.ndarray, "networks orders classes"]


@dataclass(frozen=True)
class Calibration:
    """How often a verdict came true.

    Attributes:
        networks: Whose, by name.
        generalizes: How many cases were said to generalize,
        reached: and of these, in how many the trained networks reached `HIGH` on average.
        fails: How many cases were said to fail,
        stayed: and of these, in how many the trained networks did not exceed `LOW`.
        undecided: How many cases were left open.
        by_theory: In how many of the others the theory spoke, and not exact regression.
    """

    networks: tuple[str, ...]
    generalizes: int
    reached: int
    fails: int
    stayed: int
    undecided: int
    by_theory: int

    def __str__(self) -> str:
        """A paragraph."""
        return (
            f"Measured on the networks {', '.join(self.networks)}, each class without a pose at "
            "several numbers of rotations, trained after they were diagnosed: where the verdict "
            f'was "{GENERALIZES}", they got at least {HIGH:.0%} of the missing poses right '
            f'{_share(self.reached, self.generalizes)}; where it was "{FAILS}", at most {LOW:.0%} '
            f"{_share(self.stayed, self.fails)}; in {self.undecided} more the verdict was "
            f'"{UNDECIDED}". {self._speaker}'
        )

    @property
    def _speaker(self) -> str:
        decided = self.generalizes + self.fails
        if not self.by_theory:
            return (
                "All verdicts were those of exact regression, none of the theory: no kernel was "
                "nearly enough invariant for it."
            )
        return (
            f"{self.by_theory} of the {decided} verdicts were those of the theory, the others of "
            "exact regression."
        )


def cases(data: Mapping[str, np.ndarray], seeds: int, *, kernel: str = "own") -> Cases:
    """What the record says, case by case.

    The forecast is that of a diagnosis: of the theory where that may speak, else of regression.
    A diagnosis also asks of what the theory is certain (`symtheory.diagnosis.certainty`), which the
    record does not hold. It is certain of everything where the matrix is invariant to rounding; at
    any larger defect at which the theory may speak, the verdict is not known and *undecided* here.

    Args:
        data: Arrays of the record.
        seeds: Of each class.
        kernel: ``"own"``, the tangent kernel of each start, or ``"closed"``, a closed form, which
            is NaN for a network that has none.
    """
    defect = data[f"{kernel}_defect"]
    trusted = defect <= DEFECT_TOLERANCE
    said = np.where(
        trusted[..., None], data[f"{kernel}_theory"], data[f"{kernel}_regression"]
    ).astype(float)
    there = ~np.isnan(said)
    count = there.sum(axis=2)
    share = np.where(there, said, 0).sum(axis=2) / np.where(count > 0, count, np.nan)
    interval = share_interval(share, np.full_like(share, seeds))
    unknown = (data[f"{kernel}_ill"] > 0) | (trusted & (defect > _ROUNDING))
    unknown = np.any(unknown, axis=2, keepdims=True)
    words = np.where(
        unknown & ~np.isnan(share),
        verdicts(interval, trusted=False),
        verdicts(interval, trusted=True),
    )
    by_theory = np.broadcast_to(np.any(trusted, axis=2, keepdims=True), share.shape)
    return Cases(share, data["trained"].mean(axis=2, dtype=float), words, by_theory)


def calibration(record: Record, *, kernel: str = "own") -> Calibration:
    """Count, over all networks of a record that the kernel is known of.

    Args:
        record: Of the experiment `diagnosis`.
        kernel: As of `cases`.
    """
    found = cases(record.data, record.parameters["seeds"], kernel=kernel)
    high, low = found.verdict == GENERALIZES, found.verdict == FAILS
    known = ~np.isnan(found.predicted).all(axis=(1, 2))
    return Calibration(
        networks=tuple(
            name for name, yes in zip(record.data["networks"].tolist(), known, strict=True) if yes
        ),
        generalizes=int(high.sum()),
        reached=int((high & (found.trained >= HIGH)).sum()),
        fails=int(low.sum()),
        stayed=int((low & (found.trained <= LOW)).sum()),
        undecided=int((~np.isnan(found.predicted) & ~high & ~low).sum()),
        by_theory=int(((high | low) & found.by_theory).sum()),
    )


@cache
def published_calibration() -> Calibration:
    """That of the record which the book shows, with the networks' own tangent kernels.

    Raises:
        ValueError: If the record is not there.
    """
    return calibration(load(published(RECORD)))


def _share(count: int, total: int) -> str:
    """How many of how many, and Wilson's interval."""
    if not total:
        return "(no case)"
    low, high = share_interval(np.array(count / total), np.array(float(total)))
    return (
        f"in {count} of {total} cases ({count / total:.0%}, 95% interval {low:.0%} to {high:.0%})"
    )
