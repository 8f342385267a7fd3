"""Where a result comes from: the code, the versions and the machine that made it."""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = [
    "PACKAGE",
    "PACKAGES",
    "available_cores",
    "collect_provenance",
    "package_versions",
    "source_hash",
]

# Networks are made and trained by the last four.
PACKAGES = (
    "symtheory",
    "numpy",
    "scipy",
    "jax",
    "jaxlib",
    "equinox",
    "optax",
    "flax",
    "torch",
)
PACKAGE = Path(__file__).resolve().parent.parent


def collect_provenance(
    command: str, *, seed: int | None, dataset: str, dataset_hash: str, seconds: float
) -> dict[str, Any]:
    """Gather what one needs to know to make a result again, or to doubt it.

    Args:
        command: what to type to make it again.
        seed: the seed it was made with, None if nothing was drawn.
        dataset: name of the data set.
        dataset_hash: its SHA-256.
        seconds: wall time it took.

    Returns:
        A dict of JSON values with these five and `commit` (a git commit, "+changes" after it if the
        package was edited since, or the version where it is no checkout), `versions`, `hardware`,
        and `date` (UTC, ISO 8601).
    """
    return {
        "command": command,
        "seed": seed,
        "dataset": dataset,
        "dataset_hash": dataset_hash,
        "commit": _commit(),
        "versions": package_versions(),
        "hardware": _hardware(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
    }


def package_versions() -> dict[str, str]:
    """Versions of Python and of the packages that numbers depend on, those that are installed."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions


@cache
def source_hash() -> str:
    """SHA-256 of the names and contents of all Python files of this package.

    Numbers may differ between two states of the code that share a version or a commit; this tells
    them apart, in a checkout that was edited as well.
    """
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(PACKAGE).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def available_cores() -> int:
    """How many cores this process may use, which JAX and BLAS make as many threads for."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _commit() -> str:
    """The commit of the package's code, or its version where it is not run from a checkout."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(PACKAGE), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        # An environment inside some other repository is not a checkout of this one.
        if Path(git("rev-parse", "--show-toplevel")).resolve() == PACKAGE.parent:
            changes = git("status", "--porcelain", "--", str(PACKAGE))
            return git("rev-parse", "HEAD") + ("+changes" if changes else "")
    except (OSError, subprocess.CalledProcessError):
        pass  # no git, or no repository
    return f"symtheory {package_versions().get('symtheory', 'unknown')}"


def _hardware() -> dict[str, Any]:
    """Processor, cores and what JAX runs on."""
    import jax

    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        model = next(
            (line.split(":", 1)[1].strip() for line in lines if "model name" in line), model
        )
    except OSError:
        pass  # not Linux
    return {"cpu": model, "cores": os.cpu_count(), "backend": jax.default_backend()}
