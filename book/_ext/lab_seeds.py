"""Run the code of a lab from other seeds, and keep what it measures as a record.

    python -m lab_seeds linear_connectivity

What is run are the cells up to the one that calls `measured`, but for those that draw a figure, in
a process of its own for each seed. The record, ``results/labs/NAME.npz``, has a hash of that code,
so that a test can tell when the two no longer belong together.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
import jupytext
import numpy as np

from symtheory import records
from symtheory.book.labs import OUT, SEED

ROOT = Path(__file__).parents[2]
LABS = ROOT / "notebooks" / "labs"
SEEDS = (1, 2, 3, 4, 5)
SAYS = "measured"


def lab_code(path: Path) -> str:
    """The code of a lab, up to the cell that says what was measured, without its figures.

    Raises:
        ValueError: If no cell does.
    """
    cells = [cell.source for cell in jupytext.read(path).cells if computes(cell)]
    for number, cell in enumerate(cells):
        if any(map(says, ast.walk(ast.parse(cell)))):
            return "\n\n".join(cells[: number + 1])
    raise ValueError(
        f"Expected a cell that calls {SAYS}(…). Got none in {path.name}. "
        f"Try {SAYS}({path.stem!r}, error=error) after the experiment and its control."
    )


def computes(cell: Any) -> bool:
    """Whether a cell is code, and not there to draw a figure."""
    return cell.cell_type == "code" and "figure" not in cell.metadata.get("mystnb", {})


def says(node: ast.AST) -> bool:
    """Whether something in the code is a call of `measured`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == SAYS


def code_hash(path: Path) -> str:
    """SHA-256 of that code, whatever its comments and its layout."""
    return sha256(ast.unparse(ast.parse(lab_code(path))).encode()).hexdigest()


def run(path: Path, seed: int) -> dict[str, np.ndarray]:
    """What the code of a lab measures from a seed.

    Raises:
        RuntimeError: If it fails, or measures nothing.
    """
    with tempfile.TemporaryDirectory() as folder:
        script, out = Path(folder) / f"{path.stem}.py", Path(folder) / "measured.npz"
        script.write_text(lab_code(path), encoding="utf-8")
        paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {
            SEED: str(seed),
            OUT: str(out),
            "MPLBACKEND": "agg",
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        }
        command = [sys.executable, str(script)]
        found = subprocess.run(
            command, cwd=path.parent, env=environment, capture_output=True, text=True, check=False
        )
        if found.returncode or not out.exists():
            raise RuntimeError(
                f"Expected {path.stem} to run from seed {seed}. Got:\n{found.stderr[-3000:]}\n"
                "Try to make its claims hold for any seed, or to make fewer."
            )
        with np.load(out) as arrays:
            return dict(arrays)


@click.command()
@click.argument("lab")
def main(lab: str) -> None:
    """Run LAB from other seeds, and write their record."""
    path = LABS / f"{lab}.md"
    if not path.is_file():
        names = ", ".join(sorted(one.stem for one in LABS.glob("*.md") if one.stem != "index"))
        raise click.UsageError(f"Expected the name of a lab. Got {lab!r}. Try one of {names}.")
    start = time.perf_counter()
    try:
        with click.progressbar(SEEDS, label=lab) as seeds:
            found = [run(path, seed) for seed in seeds]
    except (RuntimeError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    about = {"seeds": list(SEEDS), "code": code_hash(path)}
    provenance = records.collect_provenance(
        f"make lab-seeds LAB={lab}",
        seed=None,
        dataset="embedded",
        dataset_hash="",
        seconds=time.perf_counter() - start,
    )
    data = {name: np.stack([one[name] for one in found]) for name in found[0]}
    out = ROOT / "results" / "labs" / f"{lab}.npz"
    out.parent.mkdir(parents=True, exist_ok=True)
    records.save(records.Record(f"lab-{lab}", about, data, provenance), out)
    for name, values in data.items():
        click.echo(f"{name}: {np.array2string(values, precision=4, threshold=20)}")
    click.echo(f"Written to {out}.")


if __name__ == "__main__":
    main()
