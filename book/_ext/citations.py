"""Tell works of the same people in one year apart: "2023a" and "2023b", in text and list alike.

The letters follow the titles, as the list of works does.
"""

from __future__ import annotations

from collections import defaultdict
from string import ascii_lowercase
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pybtex.database import Entry
    from sphinx.application import Sphinx
    from sphinxcontrib.bibtex.domain import BibtexDomain

# After the works are read.
AFTER_READING = 600


def tell_apart(entries: Mapping[str, Entry]) -> None:
    """Put a letter behind the years of works that the text would call the same.

    Args:
        entries: Works by their keys; those that have letters already stay as they are.
    """
    alike = defaultdict(list)
    for entry in entries.values():
        alike[called(entry)].append(entry)
    for works in alike.values():
        works = sorted(works, key=lambda entry: str(entry.fields.get("title", "")).lower())
        for letter, entry in zip(ascii_lowercase, works, strict=False):
            if len(works) > 1 and entry.fields.get("year", "").isdigit():
                entry.fields["year"] += letter


def called(entry: Entry) -> tuple[str, ...]:
    """Whom the text names, at most two or the first "et al.", and the year without a letter."""
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join([*person.prelast_names, *person.last_names]) for person in people]
    year = str(entry.fields.get("year", "")).rstrip(ascii_lowercase)
    return (*(names if len(names) < 3 else [names[0], "et al."]), year)


def read_works(app: Sphinx) -> None:
    """Tell apart the works that Sphinx has read."""
    works = cast("BibtexDomain", app.env.get_domain("cite"))
    tell_apart(works.bibdata.data.entries)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("builder-inited", read_works, priority=AFTER_READING)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
