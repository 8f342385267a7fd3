"""All comparisons, side by side in one run, kept as a record.

    python benchmarks [NAME ...]

Runs each `compare` in this folder and prints what it finds; unless only some are named, writes
results/benchmarks/side_by_side.npz. What is not installed is skipped, and the record says so; other
libraries of groups may live in the environment of `make test-peers`.
"""

from __future__ import annotations

import argparse
import importlib
import time
from pathlib import Path

import numpy as np
from measuring import REPEATS, Comparison, Skipped

from symtheory import records

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "results" / "benchmarks" / "side_by_side.npz"
PEERS = ROOT / ".venv-peers" / "bin" / "python"
NAMES = (
    "mlp_kernel",
    "ensembles",
    "groups",
    "evidence",
    "first_rows",
    "imports",
    "rotated_digits",
    "pooled_kernel",
)


def results(name: str) -> list[Comparison | Skipped]:
    """What one of them finds; that nothing is installed to compare with is a finding too."""
    options = {"python": str(PEERS)} if name == "groups" and PEERS.exists() else {}
    found: list[Comparison | Skipped] = []
    try:
        for one in importlib.import_module(name).compare(**options):
            print(one.line(), flush=True)
            found.append(one)
    except ImportError as error:
        found.append(Skipped(name, str(error)))
        print(found[-1].line(), flush=True)
    return found


def main() -> None:
    """Run them, and write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    names = parser.parse_args().names
    if wrong := sorted(set(names) - set(NAMES)):
        parser.error(f"Expected names of comparisons. Got {wrong}. Try {', '.join(NAMES)}.")
    start = time.perf_counter()
    found = {name: results(name) for name in names or NAMES}
    if names:
        return
    compared = [(name, one) for name in found for one in found[name] if isinstance(one, Comparison)]
    parameters = {
        "repeats": REPEATS,
        "benchmarks": [name for name, _ in compared],
        "skipped": [
            {"benchmark": name, "what": one.what, "why": one.why}
            for name in found
            for one in found[name]
            if isinstance(one, Skipped)
        ],
    }
    data = {
        key: np.array([getattr(one, key) for _, one in compared])
        for key in ("what", "ours", "other", "wall", "cpu", "difference")
    }
    provenance = records.collect_provenance(
        "make benchmarks",
        seed=None,
        dataset="embedded",
        dataset_hash="",
        seconds=time.perf_counter() - start,
    )
    records.save(records.Record("benchmarks", parameters, data, provenance), OUT)
    print(f"Written to {OUT}.")


if __name__ == "__main__":
    main()
