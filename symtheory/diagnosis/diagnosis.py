"""A diagnosis: what is found, and how it is shown and kept."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from symtheory import records
from symtheory.diagnosis.findings import Findings
from symtheory.diagnosis.keeping import as_record, from_record
from symtheory.diagnosis.page import page, table
from symtheory.diagnosis.picture import picture
from symtheory.diagnosis.report import text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["Diagnosis"]


@dataclass(frozen=True, eq=False, repr=False)
class Diagnosis(Findings):
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
        interval: A 95 % interval of the accuracy, over seeds, of shape (classes, |G|, 2): from the
            lower end of that of what is certain to the upper end of that of what is possible, where
            these are known.
        certain: The share of seeds that kernel regression on the Gram matrix as it is gets right
            for certain, and the share that it may, by a bound of how far it is from the theory, of
            shape (classes, |G|, 2); None where the matrix is not known, the theory may not speak,
            or it would take long. It is `symtheory.spectral.error_bound`, for several points and
            outputs and one order further in how far the matrix is from invariant.
        regression: The share that is right by kernel regression on the Gram matrix as it is, of
            shape (classes, |G|); None where the matrix is not known, or large.
        nearest: The share that the nearest seen item gets right, of shape (classes, |G|).
        remedies: The accuracy with the kernel averaged over some normal subgroup, by its name, or
            with pooling, of shape (classes, |G|). This and the two that follow are NaN where a
            Gram matrix is singular to its precision, as an averaged one is without a ridge.
        finer: The accuracy where more poses are seen, by their number, of shape (classes,): up to
            the first number that is enough for all, or the last that was tried.
        fewer: The accuracy with a part of the seeds, by the number of parts into which they were
            split, of shape (classes,). A measured trend, of the same seeds.
        signal: For each class, one over the mean of y (Λ_1⁻¹ y) over its seeds, in units of the
            kernel, of shape (classes,): how far it is from all others, in the trivial irrep alone.
        noise: For each class, one over the mean of the inverse blocks over the group, along the
            sum of its seeds, likewise. Noise over signal is the mean error 1 - yŷ at a missing
            pose where all seeds of a class are alike: above 1, its own output is below 0.
        energy: What each irrep has of one over the noise, of shape (classes, irreps).
        cautions: What was found about the items: labels that transforms change, seeds whose missing
            pose is not unseen, transforms that are not quite an action, traces of interpolation.
        defect: How far the Gram matrix is from invariant (`symtheory.spectral.variation_defect`).
        ill_conditioned: Whether the system leaves fewer than about four digits.
        ridge: Absolute.
        provenance: How it was made: see `symtheory.records.collect_provenance`. Its hash is that of
            the first rows of the Gram matrix, of the class of each seed, and of the ridge.
    """

    def __repr__(self) -> str:
        """A line for each class, and what would help."""
        return text(self)

    def _repr_html_(self) -> str:
        """The same as a table, for notebooks."""
        return table(self)

    def plot(self) -> Figure:
        """For each class the share that is right, its signal beside its noise, energy by irrep.

        Needs matplotlib.
        """
        return picture(self)

    def to_html(self, path: str | os.PathLike[str], *, title: str = "Diagnosis") -> Path:
        """Write a page that needs no other file and no network.

        Args:
            path: The file; its folder is made if it does not exist.
            title: What stands above it.

        Returns:
            The path.
        """
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(title, {"What the theory says": self}), encoding="utf-8")
        return path

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write all of it to a file, with its provenance.

        Args:
            path: The file, ending in .npz.

        Returns:
            The path.

        Raises:
            ValueError: If the path does not end in .npz, or a label is neither number nor word, nor
                a tuple of such.
            RecordError: If the file cannot be written.
        """
        return records.save(as_record(self), path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Diagnosis:
        """Read what `save` wrote. Nothing is unpickled.

        Args:
            path: The file.

        Returns:
            The diagnosis, all numbers and labels as they were; its group is that of the table.

        Raises:
            RecordError: If there is no such file, or it is damaged or something else.
        """
        return cls(**from_record(records.load(path)))
