"""Put what was made into the site, where the page that names it leads to it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

PAGE = Path("book/away.html")
FOLDER = "away"
# As a name, or as the link that was made of it before.
NAME = re.compile(r'<span class="away">(?:<a[^>]*>)?([^<]+)(?:</a>[^<]*)?</span>')
# From which size on it is told.
LARGE = 100_000


def publish(made: Path, site: Path) -> None:
    """Copy all into the site, and make the names on its page links.

    Args:
        made: The folder with what was made.
        site: The built site.

    Raises:
        ValueError: If the page names other things than were made.
    """
    page = site / PAGE
    text = page.read_text(encoding="utf-8")
    there = {path.name for path in made.iterdir()}
    named = {name.split("/")[0] for name in NAME.findall(text)}
    if there != named:
        raise ValueError(
            f"Expected {', '.join(sorted(there))} on {PAGE}. Got {', '.join(sorted(named))}. "
            "Try {away}`name` for each in book/away.md."
        )
    shutil.rmtree(site / FOLDER, ignore_errors=True)
    shutil.copytree(made, site / FOLDER)
    page.write_text(NAME.sub(lambda name: link(made, name[1]), text), encoding="utf-8")


def link(made: Path, name: str) -> str:
    """A link to a file, with its size if it is a large one."""
    size = (made / name).stat().st_size
    told = f" ({size / 1e6:.1f} MB)" if size >= LARGE else ""
    return f'<span class="away"><a href="../{FOLDER}/{name}">{name}</a>{told}</span>'
