"""Results that are kept: named arrays with the parameters and the provenance that made them.

A record is one `.npz` file: the arrays, and a JSON text with the rest.
Nothing in it is pickled, so reading one runs no code.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import subprocess
import uuid
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np

METADATA = "__record__"
FORMAT = 1
PACKAGES = ("symtheory", "numpy", "scipy", "jax", "jaxlib")

# What numpy, zipfile, zlib and json raise on bytes that are no record, or no longer one.
_DAMAGE = (
    AttributeError,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


class RecordError(Exception):
    """A record could not be written, or what was read is none."""


@dataclass(frozen=True)
class Record:
    """A result and where it comes from.

    Attributes:
        name: the experiment, such as "rotated-digits".
        parameters: what was asked for; JSON values.
        data: named arrays of numbers, booleans or strings.
        provenance: how it was made, see `collect_provenance`; JSON values.
    """

    name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, np.ndarray] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)


def save(record: Record, path: str | os.PathLike[str]) -> Path:
    """Write a record so that its file is at every moment either the old one or the new one, whole.

    It is written under a name of its own beside `path`, flushed to disk, and then renamed. Of two
    writers of one path, the last wins.

    Args:
        record: what to write.
        path: the file, ending in .npz; its folder is made if it does not exist.

    Returns:
        The path.

    Raises:
        ValueError: if the path does not end in .npz, or the record holds what a file cannot: an
            array of objects, a parameter that is no JSON value.
        RecordError: if the file cannot be written (folder not writable, disk full). An older file
            of that name is then as it was.
    """
    path = Path(path)
    if path.suffix != ".npz":
        raise ValueError(f"Expected a path that ends in .npz. Got {path}. Try {path}.npz.")
    arrays = _arrays(record)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "xb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
        _flush_folder(path.parent)
    except OSError as error:
        fix = (
            "Try freeing some space"
            if error.errno == errno.ENOSPC
            else "Try another path, in a folder that you may write to"
        )
        raise RecordError(
            f"Expected to write {path}. Got: {error.strerror or error}. {fix}; "
            "a file of that name from before is unchanged."
        ) from error
    finally:
        if temporary.exists():
            temporary.unlink()
    return path


def require_writable(path: str | os.PathLike[str]) -> None:
    """Make sure that a record can be written, before hours of work are spent on it.

    Args:
        path: the file; its folder is made if it does not exist.

    Raises:
        RecordError: if its folder cannot be made or written to.
    """
    path = Path(path)
    probe = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        probe.touch(exist_ok=False)
        probe.unlink()
    except OSError as error:
        raise RecordError(
            f"Expected to write {path}. Got: {error.strerror or error}. "
            "Try another path, in a folder that you may write to."
        ) from error


def load(path: str | os.PathLike[str]) -> Record:
    """Read a record.

    Args:
        path: a file that `save` wrote.

    Returns:
        The record, arrays and metadata equal to those saved.

    Raises:
        RecordError: if there is no such file, or it is damaged, or it is no record.
    """
    path = Path(path)
    try:
        # Opened here, so that it is closed also where numpy finds it damaged.
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files}
        header = json.loads(arrays.pop(METADATA).tobytes().decode())
        if header["format"] != FORMAT:
            raise RecordError(
                f"Expected a record of format {FORMAT}. Got format {header['format']} in {path}. "
                "Try a newer version of symtheory."
            )
        return Record(header["name"], header["parameters"], arrays, header["provenance"])
    except FileNotFoundError as error:
        raise RecordError(
            f"Expected a record at {path}. Got no file. Try `symtheory reproduce --help`."
        ) from error
    except _DAMAGE as error:
        raise RecordError(
            f"Expected {path} to be a record. Got a file that is damaged or something else. "
            "Try making it again with the command that `symtheory reproduce --help` shows."
        ) from error


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


def _arrays(record: Record) -> dict[str, np.ndarray]:
    """All that goes into the file, by name."""
    arrays = {key: np.asarray(value) for key, value in record.data.items()}
    for key, value in arrays.items():
        if value.dtype.hasobject:
            raise ValueError(
                f"Expected data[{key!r}] to hold numbers, booleans or strings. "
                f"Got objects. Try one array per quantity, of one shape."
            )
        if key == METADATA:
            raise ValueError(
                f"Expected another name than {METADATA}, which records use themselves."
            )
    header = {
        "format": FORMAT,
        "name": record.name,
        "parameters": dict(record.parameters),
        "provenance": dict(record.provenance),
    }
    try:
        text = json.dumps(header, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Expected parameters and provenance to be JSON values. Got: {error}. "
            "Try int(…), float(…) or str(…) around it."
        ) from error
    arrays[METADATA] = np.frombuffer(text.encode(), dtype=np.uint8)
    return arrays


def _flush_folder(folder: Path) -> None:
    """Make a renaming survive a loss of power, where the system lets folders be flushed."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _commit() -> str:
    """The commit of the package's code, or its version where it is not run from a checkout."""
    package = Path(__file__).resolve().parent

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(package), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        # An environment inside some other repository is not a checkout of this one.
        if Path(git("rev-parse", "--show-toplevel")).resolve() == package.parent:
            changes = git("status", "--porcelain", "--", str(package))
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
