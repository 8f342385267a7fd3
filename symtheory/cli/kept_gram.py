"""A Gram matrix in parts, which are kept on disk, or computed by a Dask cluster."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from symtheory.cli import interrupts
from symtheory.cli.choices import as_kernel
from symtheory.cli.progress import bar
from symtheory.cli.streams import warnings_as_lines
from symtheory.diagnosis.items import read_items
from symtheory.diagnosis.memory import check_memory
from symtheory.diagnosis.problem import exact_outputs
from symtheory.runs import Plan, run

if TYPE_CHECKING:
    from symtheory.actions import Action
    from symtheory.diagnosis.items import Prepare
    from symtheory.groups import FiniteGroup
    from symtheory.kernels import Kernel

__all__ = ["Points", "as_points", "kept_gram", "partial_file"]

_PARTS = 8  # into which rows are split: what is done of one of 36 blocks is lost
_SEEN = 2  # points by which a network is told from another one


@dataclass(frozen=True)
class Points:
    """Items as a network sees them.

    Attributes:
        name: Of the data, as it was typed.
        values: Of shape (n, *item).
    """

    name: str
    values: np.ndarray

    @cached_property
    def sha256(self) -> str:
        """Of all values, so that parts of other items are not taken for those of these."""
        return hashlib.sha256(np.ascontiguousarray(self.values).tobytes()).hexdigest()


def as_points(
    name: str, items: np.ndarray, group: FiniteGroup | Action, prepare: Prepare | None
) -> Points:
    """All poses of all items, as `symtheory.diagnosis.diagnose` hands them to a kernel."""
    orbits = read_items(items, group, None, prepare).orbits
    check_memory(*orbits.shape[:2], kernel=True, regression=False)
    return Points(name, orbits.reshape(-1, *orbits.shape[2:]))


def partial_file(save: Path) -> Path:
    """Where the parts are kept of what will be saved."""
    return save.with_name(f"{save.stem}.partial.npz")


def kept_gram(points: Points, network: str, *, kept: Path | None, client: Any) -> np.ndarray:
    """The Gram matrix, in blocks on and above the diagonal.

    A block is computed from itself alone, so that a run which was interrupted gives the same bits.

    Args:
        points: What it is of.
        network: As it was typed; every process makes its own, which has to be the same.
        kept: A file, ending in .npz, of which a run is continued, and which keeps it; it stays.
        client: A `dask.distributed.Client` whose workers compute the blocks; None for this process.

    Returns:
        Of shape (n, n).

    Raises:
        click.ClickException: On Ctrl-C, or if the kernel is exact for each output.
        ValueError: If the file is of another run, or the network is another one each time.
    """
    from symtheory.cli.running import Interruption

    kernel = as_kernel(network)
    if exact_outputs(kernel):
        raise click.UsageError(
            f"Expected a kernel that all outputs share, to compute it in parts. Got {network}, "
            'which is exact for each of them. Try outputs="trace", or without --resume, --workers '
            "and --scheduler."
        )
    settings = {"network": network, "seen": _seen(kernel, points)}
    try:
        with interrupts.raised(), warnings_as_lines(), bar("Gram matrix") as (progress, announce):
            arrays, _ = run(
                _GramMatrix(),
                points,  # type: ignore[arg-type]
                settings,
                client=client,
                checkpoint=kept,
                resume=True,
                progress=progress,
                announce=announce,
            )
    except KeyboardInterrupt:
        there = kept is not None and kept.exists()
        said = f"What is done is kept in {kept}: the same command finishes it." if there else ""
        raise Interruption(f"Interrupted. {said}".rstrip()) from None
    gram = arrays["gram"]
    for rows, columns in _blocks(len(gram)):
        gram[columns, rows] = gram[rows, columns].T
    return gram


class _Blocks:
    """What `symtheory.runs` computes: a block at a time."""

    def plan(self, points: Points, settings: Mapping[str, Any]) -> Plan:
        """All blocks, those on the diagonal first."""
        n = len(points.values)
        units = _blocks(n)
        costs = [float((r.stop - r.start) * (c.stop - c.start)) for r, c in units]
        return Plan({"gram": np.zeros((n, n))}, units, costs)

    def compute(
        self, points: Points, settings: Mapping[str, Any], unit: tuple[slice, slice]
    ) -> dict[str, np.ndarray]:
        """One block.

        Raises:
            ValueError: If the network is not the one that the run was begun with.
        """
        kernel = _made(settings["network"])
        seen = _seen(kernel, points)
        if not np.allclose(np.array(seen, float), np.array(settings["seen"], float), rtol=1e-4):
            raise ValueError(
                f"Expected {settings['network']} to return the same network each time. Got one of "
                f"other values, {seen} and {settings['seen']}. Try a seed for its parameters, or a "
                "file of them."
            )
        rows, columns = (points.values[part] for part in unit)
        block = kernel(rows) if unit[0] == unit[1] else kernel(rows, columns)
        return {"gram": np.asarray(block, dtype=np.float64)}


class _GramMatrix:
    """An experiment, as far as running it goes."""

    name = "gram-matrix"
    implementation = _Blocks()


def _blocks(n: int) -> list[tuple[slice, slice]]:
    size = -(-n // _PARTS)
    parts = [slice(start, min(start + size, n)) for start in range(0, n, size)]
    above = [(a, b) for i, a in enumerate(parts) for b in parts[i + 1 :]]
    return [(part, part) for part in parts] + above


@lru_cache(maxsize=4)
def _made(network: str) -> Kernel:
    """Once in each process, in which it is compiled for some shapes."""
    return as_kernel(network)


def _seen(kernel: Kernel, points: Points) -> list[str]:
    """What a network says of the first points, to six digits."""
    return [f"{value:.6g}" for value in np.ravel(kernel(points.values[:_SEEN]))]
