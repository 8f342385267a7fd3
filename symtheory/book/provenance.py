"""Where the numbers of a figure come from: the line beneath it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from symtheory.records import Record

__all__ = ["HASH_LENGTH", "Provenance", "Stopwatch", "format_seconds"]

HASH_LENGTH = 8


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """What a reader needs to know to trust a figure, or to make it again.

    Attributes:
        dataset: Name of the data set, for example ``"two circles"``.
        dataset_hash: Its hash; the first eight characters are shown. Empty for data that a formula
            makes.
        seed: Seed of the random draws, or None where nothing is drawn.
        seconds: Wall time of the computation behind the figure, measured (see `Stopwatch`), or None
            where nothing is computed beyond drawing.
        record: Name of the record that the figure shows, or empty if it was computed live.
        date: Date of the record.
        command: Command that makes the record again.
    """

    dataset: str
    dataset_hash: str = ""
    seed: int | None = None
    seconds: float | None = None
    record: str = ""
    date: str = ""
    command: str = ""

    def __post_init__(self) -> None:
        if not self.dataset.strip():
            raise ValueError(
                "Expected the name of a data set. Got an empty string. Try dataset='two circles'."
            )
        if self.record and not (self.date and self.command):
            raise ValueError(
                f"Expected the date and the command of record {self.record!r}. "
                f"Got date={self.date!r}, command={self.command!r}. "
                "Try Provenance.from_record(record)."
            )

    @classmethod
    def from_record(cls, record: Record) -> Provenance:
        """Read the provenance that a record carries.

        Args:
            record: A record, as `symtheory.records.load` returns it.

        Raises:
            ValueError: If the record lacks one of the entries that the line shows.
        """
        entries = record.provenance
        needed = ("dataset", "dataset_hash", "seed", "seconds", "date", "command")
        missing = [key for key in needed if key not in entries]
        if missing:
            raise ValueError(
                f"Expected the provenance of record {record.name!r} to have {', '.join(needed)}. "
                f"Got none of {', '.join(missing)}. Try to make it again with symtheory reproduce."
            )
        seed = entries["seed"]
        return cls(
            dataset=str(entries["dataset"]),
            dataset_hash=str(entries["dataset_hash"]),
            seed=None if seed is None else int(seed),
            seconds=float(entries["seconds"]),
            record=record.name,
            date=str(entries["date"])[:10],
            command=str(entries["command"]),
        )

    def html(self) -> str:
        """The line beneath the figure, as HTML."""
        parts = [f"Data: {escape(self.dataset)}"]
        if self.dataset_hash:
            parts[0] += (
                f" <code>{escape(self.dataset_hash.removeprefix('sha256:')[:HASH_LENGTH])}</code>"
            )
        if self.seed is not None:
            parts.append(f"seed {self.seed}")
        if self.seconds is not None:
            parts.append(format_seconds(self.seconds))
        if self.record:
            parts.append(f"record {escape(self.record)} of {escape(self.date)}")
            parts.append(f"<code>{escape(self.command)}</code>")
        else:
            parts.append("computed live")
        return " · ".join(parts)


class Stopwatch:
    """Measure the seconds that a computation takes.

    ``with Stopwatch() as watch:`` stops at the end of the block; without ``with`` it runs from its
    creation.

    Examples:
        >>> with Stopwatch() as watch:
        ...     total = sum(range(1000))
        >>> watch.seconds < 1
        True
    """

    def __init__(self) -> None:
        self._start = time.perf_counter()
        self._stop: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds since the start, or between start and stop."""
        return (time.perf_counter() if self._stop is None else self._stop) - self._start

    def __enter__(self) -> Stopwatch:
        self._start, self._stop = time.perf_counter(), None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop = time.perf_counter()


def format_seconds(seconds: float) -> str:
    """Write a duration with as many digits as it is worth.

    Examples:
        >>> format_seconds(0.034), format_seconds(2.345), format_seconds(75.0), format_seconds(5400)
        ('under 0.1 s', '2.3 s', '75 s', '90 min')
    """
    if seconds < 0.1:
        return "under 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
