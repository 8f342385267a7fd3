"""Which chapters to check where there is no time for all: the latest changed, and some in turn."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

SOURCES = "notebooks"
# No name of a file begins so.
COMMIT = "\t"


@dataclass(frozen=True)
class History:
    """What git knows of the chapters.

    Attributes:
        head: The commit at hand.
        changes: Names of chapters that changed together, with the commit in which they did, the
            latest first; what is not committed comes first, with an empty name.
    """

    head: str
    changes: tuple[tuple[str, tuple[str, ...]], ...]


def git(root: Path, *arguments: str) -> str:
    """What git says, asked in a folder.

    Raises:
        ValueError: If it does not know the folder, or is not there.
    """
    try:
        result = subprocess.run(
            ["git", "-c", "core.quotePath=false", *arguments],
            cwd=root,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip()
        raise ValueError(
            f"Expected a folder with a git history, which says which chapters changed last. "
            f"Got {root}, of which git says {said!r}. Try a clone, or all chapters."
        ) from error
    return result.stdout


def read_history(root: Path) -> History:
    """When chapters changed.

    Args:
        root: The folder that has `SOURCES`, in a repository.

    Raises:
        ValueError: If it has no history.
    """
    head = git(root, "rev-parse", "HEAD").strip()
    tracked = git(root, "diff", "--name-only", "--relative", "HEAD", "--", SOURCES)
    others = git(root, "ls-files", "--others", "--exclude-standard", "--", SOURCES)
    log = git(root, "log", f"--format={COMMIT}%h", "--name-only", "--relative", "--", SOURCES)
    changes = [("", names(tracked + others))]
    for entry in log.split(COMMIT)[1:]:
        commit, _, paths = entry.partition("\n")
        changes.append((commit, names(paths)))
    return History(head, tuple(changes))


def names(paths: str) -> tuple[str, ...]:
    """The names of the chapters among files, one a line."""
    found = (PurePosixPath(line) for line in paths.splitlines() if line.endswith(".md"))
    return tuple(path.relative_to(SOURCES).with_suffix("").as_posix() for path in found)


def choose(history: History, chapters: list[str], some: int) -> dict[str, str]:
    """The chapters that changed last, and as many others.

    The others, and whom to leave out of many that changed in one commit, are drawn by the hash of
    the commit at hand: the same for whoever has it, and others with each commit, so that all have
    their turn.

    Args:
        history: When chapters changed.
        chapters: Names of all.
        some: How many of either kind.

    Returns:
        Why each is chosen.

    Raises:
        ValueError: If ``some`` is not positive.
    """
    if some < 1:
        raise ValueError(f"Expected a positive number of chapters. Got {some}. Try 5.")
    drawn = sorted(chapters, key=lambda name: sha256(f"{history.head} {name}".encode()).digest())
    why: dict[str, str] = {}
    for commit, changed in history.changes:
        reason = f"changed in {commit}" if commit else "changed, not committed"
        for name in drawn:
            if name in changed and len(why) < some:
                why.setdefault(name, reason)
    others = [name for name in drawn if name not in why]
    return why | dict.fromkeys(others[:some], f"in turn, drawn by {history.head[:7]}")
