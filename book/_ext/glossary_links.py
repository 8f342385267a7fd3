"""Tie chapters and glossary together, and let the search know where a term is at home.

An entry of the glossary ends with a link to the chapter that introduces its term. In each other
chapter the first mention of a term leads to its entry, and shows it as a tip. Who searches for a
term finds its chapter first.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from plan.chapters import is_chapter, is_lab
from sphinx import addnodes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

GLOSSARY = "book/glossary"
# What makes another word of the next, which no entry explains.
OF_ITS_OWN = r"(?<!standard )(?<!rounding )"
# What follows where a word is none of the glossary's: an orbit's spread, but "spread over".
A_VERB = {"spread": r"(?! (?:over|as|the)\b)"}
# Labs speak of the noise and the seeds of training, and of the spread of samples.
NOT_IN_LABS = frozenset({"noise", "seed", "spread"})
# Text in these is no prose, or leads somewhere already.
NO_PROSE = (
    nodes.reference,
    nodes.literal,
    nodes.math,
    nodes.title,
    nodes.caption,
    nodes.strong,
    addnodes.pending_xref,
)


# What TeX writes otherwise than with the name of a letter.
SIGNS = {
    r"\\hat\s*(\w)": "\\1\N{COMBINING CIRCUMFLEX ACCENT}",
    r"\\[lr]vert\s*": "|",
    r"\\langle\s*": "⟨",
    r"\s*\\rangle": "⟩",
    r"\^\{-1\}": "⁻¹",
}


@dataclass(frozen=True)
class Term:
    """An entry of the glossary.

    Attributes:
        words: As the text has them, without what stands in parentheses.
        anchor: Of the entry in the glossary.
        meaning: What it says.
        home: The page that introduces the term, empty if none is named.
    """

    words: str
    anchor: str
    meaning: str
    home: str


def read_terms(document: nodes.document) -> list[Term]:
    """The entries of the glossary, the longest words first, so that none hides in another."""
    terms = []
    for entry in document.findall(nodes.definition_list_item):
        term = next(entry.findall(nodes.term))
        definition = next(entry.findall(nodes.definition))
        links = list(definition.findall(addnodes.pending_xref))
        target = str(links[-1]["reftarget"]) if links else ""
        words = re.sub(r"\s*\(.*\)", "", term.astext().split("\n")[0]).split(",")[0]
        terms.append(
            Term(
                words=words,
                anchor=term["ids"][0],
                meaning=in_words(definition).split("→")[0].strip(),
                home=target.removeprefix("../") if "/" in target else target,
            )
        )
    return sorted(terms, key=lambda one: -len(one.words))


def in_words(definition: nodes.definition) -> str:
    """The text of a definition, its formulas as characters, since a tip holds nothing else."""
    copy = definition.deepcopy()
    for formula in list(copy.findall(nodes.math)):
        formula.parent.replace(formula, nodes.Text(characters(formula.astext())))
    return str(copy.astext())


def characters(tex: str) -> str:
    r"""A short formula in characters: λ for ``\lambda``.

    Raises:
        ValueError: If TeX has a command for which there is no character here.
    """
    for pattern, sign in SIGNS.items():
        tex = re.sub(pattern, sign, tex)
    return re.sub(r"\\([a-zA-Z]+)", lambda command: greek(command[1]), tex)


def greek(name: str) -> str:
    """A Greek letter by its name in TeX, which spells one of them otherwise than Unicode."""
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    letter = "LAMDA" if name.lower() == "lambda" else name.upper()
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {letter}")
    except KeyError:
        raise ValueError(
            f"Expected formulas in {GLOSSARY} that a tip can show in characters. "
            f"Got \\{name}. Try the same in words."
        ) from None


@lru_cache(maxsize=1)
def _terms(env: BuildEnvironment) -> list[Term]:
    return read_terms(env.get_doctree(GLOSSARY)) if GLOSSARY in env.found_docs else []


def link_terms(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Link the first mention of each term in a chapter."""
    if app.builder.format != "html" or not is_chapter(docname):
        return
    glossary = app.builder.get_relative_uri(docname, GLOSSARY)
    unknown = NOT_IN_LABS if is_lab(docname) else frozenset()
    waiting = [
        term for term in _terms(app.env) if term.home != docname and term.words not in unknown
    ]
    for text in list(prose(document)):
        waiting = link_in(text, waiting, glossary)


def prose(document: nodes.document) -> Iterable[nodes.Text]:
    """The text of paragraphs, in order."""
    for paragraph in document.findall(nodes.paragraph):
        for text in paragraph.findall(nodes.Text):
            parent = text.parent
            # pybtex-docutils has one node for the no-break spaces of all names, "van der Wilk"
            # among them, and it knows the last of its places alone.
            while parent not in (paragraph, None) and not isinstance(parent, NO_PROSE):
                parent = parent.parent
            if parent is paragraph and not isinstance(paragraph.parent, nodes.caption):
                yield text


def link_in(text: nodes.Text, waiting: list[Term], glossary: str) -> list[Term]:
    """Link terms in a piece of text; return those that still wait for their first mention."""
    for term in waiting:
        words = rf"{OF_ITS_OWN}\b{re.escape(term.words)}(s|es)?\b{A_VERB.get(term.words, '')}"
        mention = re.search(words, text, flags=re.IGNORECASE)
        if mention is None:
            continue
        link = nodes.reference(
            "",
            mention[0],
            internal=True,
            refuri=f"{glossary}#{term.anchor}",
            reftitle=term.meaning,
            classes=["st-term"],
        )
        before, after = nodes.Text(text[: mention.start()]), nodes.Text(text[mention.end() :])
        text.parent.replace(text, [before, link, after])
        rest = [other for other in waiting if other is not term]
        return link_in(after, link_in(before, rest, glossary), glossary)
    return waiting


def score_homes(app: Sphinx, env: BuildEnvironment) -> None:
    """Give the search the homes of all terms."""
    homes = {term.words.lower(): term.home for term in _terms(env) if term.home}
    script = Path(__file__).with_name("search_scorer.js").read_text(encoding="utf-8")
    scorer = Path(app.doctreedir) / "search_scorer.js"
    scorer.write_text(
        script.replace("HOMES", json.dumps(homes, ensure_ascii=False)), encoding="utf-8"
    )
    app.config.html_search_scorer = str(scorer)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("doctree-resolved", link_terms)
    app.connect("env-updated", score_homes)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
