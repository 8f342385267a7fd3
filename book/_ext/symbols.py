r"""One symbol, one meaning: what chapters define and what the table of notation says agree.

    … collect all similarities in the Gram matrix [$K$]{.defines} …

marks the one place where a symbol is introduced; of a formula such as [$K_r = K + rI$]{.defines}
it is what stands before the sign. In JupyterLab and on the page the mark looks like the formula
that it is. A warning, and so a failed build, says

- that a symbol is defined in two places,
- that one is defined which has no row in the table, or stands in two of them,
- that a row's symbol is defined nowhere, or not on the page that the row's last column names,
- that two symbols of the table share a letter, and the page does not say how they are told apart,
  in a line that names it: [$K$]{.shared}.

What a chapter calls by a letter without marking it, no machine can know.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from docutils import nodes
from kept import keep, kept
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

LOGGER = logging.getLogger(__name__)
NOTATION = "book/notation"
# What follows a symbol in the formula that introduces it.
AFTER = re.compile(r"\s*(?:=|:\s|\\(?:in|ge|le|colon)\b)")
# A letter or a name, with the accent or the font that makes it another one.
LETTER = re.compile(
    r"(?:\\(?:hat|widehat|bar|tilde)\s*)?(?:\\operatorname\{\w+\}|\\[A-Za-z]+|[A-Za-z])'?"
)
EXPRESSIONS = ("|", "[", "(", r"\langle", r"\lVert")


def symbol_of(formula: str) -> str:
    """The symbol that a formula introduces: ``K_r`` of ``K_r = K + rI``."""
    symbol = re.sub(r"\\[lr]vert\b", "|", AFTER.split(formula, maxsplit=1)[0].replace(r"\,", " "))
    # Spaces have no meaning but after a command.
    return re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", " ".join(symbol.split()))


def letter_of(symbol: str) -> str:
    """The letter of a symbol, without indices and arguments; empty for an expression in others."""
    match = None if symbol.startswith(EXPRESSIONS) else LETTER.match(symbol)
    return match[0] if match else ""


def formulas(document: nodes.Element, mark: str) -> Iterator[nodes.math]:
    """The formulas of a page that stand in a span of a class."""
    for span in document.findall(nodes.inline):
        if mark in span["classes"]:
            yield from span.findall(nodes.math)


def definitions(env: BuildEnvironment) -> dict[str, list[tuple[str, int | None]]]:
    """The symbols that each page defines, with their lines."""
    found: dict[str, list[tuple[str, int | None]]] = kept(env, "symbol_definitions")
    return found


def collect(app: Sphinx, document: nodes.document) -> None:
    """Keep what a page defines."""
    found = [
        (symbol_of(formula.astext()), line_of(formula)) for formula in formulas(document, "defines")
    ]
    definitions(app.env)[app.env.docname] = found


def line_of(node: nodes.Node | None) -> int | None:
    """The line of a node, or of the nearest around it that knows its own."""
    while node is not None and node.line is None:
        node = node.parent
    return None if node is None else node.line


def write_notation(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write the table in every build, which checks it: any page may have changed its part."""
    return [NOTATION] if NOTATION in env.found_docs else []


def check(app: Sphinx, document: nodes.document, docname: str) -> None:
    """Compare the table with what the pages define."""
    if docname != NOTATION:
        return
    places = defaultdict(list)
    for page, found in sorted(definitions(app.env).items()):
        for symbol, line in found:
            places[symbol].append((page, line))
    table = dict(rows(document))
    for symbol, where in places.items():
        if len(where) > 1:
            warn(f"a symbol with one meaning. Got ${symbol}$ twice", "another letter", *where)
        if symbol not in table:
            warn(f"a row of {NOTATION}. Got none for ${symbol}$", "a row there", *where[:1])
    for symbol, row in table.items():
        page = places[symbol][0][0] if symbol in places else ""
        if not page:
            warn(f"a definition of ${symbol}$. Got none", "[$…$]{.defines} on its page", row)
        elif app.builder.format == "html" and not leads_to(row, app, page):
            warn(f"a row that leads to {page}. Got that of ${symbol}$", "a link to it", row)
    for symbol, times in Counter(symbol for symbol, _ in rows(document)).items():
        if times > 1:
            warn(f"one row for a symbol. Got {times} for ${symbol}$", "one", document)
    letters = Counter(filter(None, map(letter_of, table)))
    shared = {symbol_of(formula.astext()) for formula in formulas(document, "shared")}
    for letter in sorted(shared ^ {letter for letter, times in letters.items() if times > 1}):
        if letter in shared:
            warn(f"a shared letter. Got ${letter}$, which no two share", "leaving it out", document)
        else:
            same = ", ".join(f"${symbol}$" for symbol in table if letter_of(symbol) == letter)
            warn(f"a letter for each symbol. Got {same}", f"[${letter}$]{{.shared}}", document)


def rows(document: nodes.document) -> Iterator[tuple[str, nodes.row]]:
    """The symbols in the first column of the table, each with its row."""
    for body in document.findall(nodes.tbody):
        for row in body.findall(nodes.row):
            for formula in row[0].findall(nodes.math):
                yield symbol_of(formula.astext()), row


def leads_to(row: nodes.row, app: Sphinx, page: str) -> bool:
    """Whether a link in the last column of a row leads to a page."""
    address = app.builder.get_relative_uri(NOTATION, page)
    links = row[-1].findall(nodes.reference)
    return any(link.get("refuri", "").partition("#")[0] == address for link in links)


def warn(what: str, remedy: str, *where: tuple[str, int | None] | nodes.Element) -> None:
    """Report where a symbol stands."""
    for place in where:
        LOGGER.warning(
            "symbols: Expected %s. Try %s.", what, remedy, location=place, type="symbols"
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("doctree-read", collect)
    keep(app, "symbol_definitions")
    app.connect("env-updated", write_notation)
    app.connect("doctree-resolved", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
