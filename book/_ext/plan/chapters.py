"""What each chapter says of itself: what it assumes, how long it takes, what it asks."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx_exercise.nodes import exercise_enumerable_node, exercise_node

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

CHAPTERS = "notebooks/"
LABS = "notebooks/labs/"
OVERVIEW = "/index"
# The line under the objectives of a chapter, and that of an exercise.
TIMES = re.compile(
    r"Assumed:.*Reading: (?P<open>\d+) minutes(?:, (?P<full>\d+) .*?)?\. "
    r"Running: (?P<running>[\d.]+) s",
    re.DOTALL,
)
LINE = "**Assumed:** … **Reading:** {reading-time}`minutes`. **Running:** … s."
EXERCISE = re.compile(r"(\d+) minutes · \w+\.")


@dataclass(frozen=True)
class Chapter:
    """A chapter, as whoever plans a course wants to know it.

    Attributes:
        docname: The name of its page.
        number: As the book counts it, such as "5".
        title: Its question.
        short: A name of a word or three.
        needs: Names of the pages that it assumes.
        reading: Minutes to read it, as it opens and with all that is folded.
        running: Seconds that its code took when the book was built.
        exercises: Minutes for each exercise.
    """

    docname: str
    number: str
    title: str
    short: str
    needs: tuple[str, ...]
    reading: tuple[int, int]
    running: float
    exercises: tuple[int, ...]


def is_overview(docname: str) -> bool:
    """Whether a page shows what chapters there are in its part, such as that of the labs."""
    return docname.startswith(CHAPTERS) and docname.endswith(OVERVIEW)


def is_chapter(docname: str) -> bool:
    """Whether a page is a chapter. A lab is one."""
    return docname.startswith(CHAPTERS) and not is_overview(docname)


def is_lab(docname: str) -> bool:
    """Whether a page is a lab."""
    return docname.startswith(LABS) and is_chapter(docname)


@lru_cache(maxsize=1)
def read_chapters(env: BuildEnvironment) -> list[Chapter]:
    """All chapters, in the order of the book; read once in a build, when all pages are there."""
    order = env.toctree_includes.get(env.config.root_doc, [])
    return [read_chapter(env, name) for name in order if is_chapter(name)]


def read_chapter(env: BuildEnvironment, docname: str) -> Chapter:
    """A chapter.

    Raises:
        ValueError: If it has no line with what it assumes and how long it takes.
    """
    document = env.get_doctree(docname)
    lines = (line for line in document.findall(nodes.paragraph) if TIMES.search(line.astext()))
    line = next(lines, None)
    found = TIMES.search(line.astext()) if line else None
    if line is None or found is None:
        raise ValueError(
            f"Expected a line with what the chapter assumes and how long it takes. Got none in "
            f"{docname}. Try {LINE!r}."
        )
    folder = posixpath.dirname(docname)
    links = [link for link in line.findall(addnodes.pending_xref) if link["reftype"] == "doc"]
    asked = [node for node in document.findall(nodes.Element) if is_exercise(node)]
    minutes = [EXERCISE.search(node.astext()) for node in asked]
    number = env.toc_secnumbers.get(docname, {}).get("", ())
    return Chapter(
        docname=docname,
        number=".".join(map(str, number)),
        title=env.titles[docname].astext(),
        short=short_name(docname, document),
        needs=tuple(
            dict.fromkeys(
                posixpath.normpath(posixpath.join(folder, link["reftarget"])) for link in links
            )
        ),
        reading=(int(found["open"]), int(found["full"] or found["open"])),
        running=float(found["running"]),
        exercises=tuple(int(one[1]) for one in minutes if one),
    )


def short_name(docname: str, document: nodes.document) -> str:
    """The words of the file's name, as most sentences of the chapter write them."""
    words = posixpath.basename(docname).split("_")
    written = re.compile(rf"(?<![\w-]){'[ -]'.join(words)}(?![\w-])", re.IGNORECASE)
    found = Counter(
        name.lower() if name == name.capitalize() else name  # which began a sentence
        for paragraph in document.findall(nodes.paragraph)
        for text in paragraph.findall(nodes.Text)
        if not isinstance(text.parent, nodes.literal)
        for name in written.findall(text)
    )
    return max(found, key=lambda name: found[name], default=" ".join(words))


def is_exercise(node: nodes.Element) -> bool:
    """Whether a node is an exercise."""
    return isinstance(node, (exercise_node, exercise_enumerable_node))
