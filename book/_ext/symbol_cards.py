r"""What a symbol in a formula means, from the table of notation, kept beside each page.

The script ``symbols.js`` reads a symbol off the formula that MathJax has drawn, as a *key*: the
characters in order, with scripts in braces. The keys of a page and what they mean are written to
``_static/symbols/PAGE.js``, which is loaded when the first symbol is asked for.

Letters serve more than once, and a card must not be wrong. So a letter alone, as $m$, has a card
on the page that introduces it, and elsewhere only if the table marks it, [$K$]{.always}. A symbol
with an index, an accent or an argument has one everywhere. A page that uses one of these in
another way says so where it does, [$f_0$]{.here}, and its card leads there.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hover_cards import Pages, plain
from kept import keep, kept
from symbols import NOTATION, definitions, formulas, symbol_of

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

FOLDER = "_static/symbols"
# In the order of their code points.
GREEK = re.findall(
    r"\w+",
    "alpha beta gamma delta varepsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "varsigma sigma tau upsilon varphi chi psi omega partial epsilon vartheta varkappa phi",
)
CAPITALS = {"Delta": "Δ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Theta": "Θ"}
SIGNS = {"langle": "⟨", "rangle": "⟩", "lvert": "|", "rvert": "|", "ell": "ℓ"}
ACCENTS = {"hat": "\u0302", "widehat": "\u0302", "bar": "\u0304"}
TOKEN = re.compile(r"\\[A-Za-z]+|[^\s\\]")
# Indices by which a family is named, and others that name the same.
ALIKE = {"i": "j", "k": "jlm"}
# Groups, by their order or degree; # is any number from 2 on.
GROUPS = {"A_n", "C_N", "D_n", "S_n"}
# Filled by the script, which has read the formulas.
LIST = '<details class="symbols-here"><summary>Symbols on this page</summary></details>\n'


def italic(letter: str) -> str:
    """A letter as MathJax draws it in a formula."""
    if letter == "h":
        return "\N{PLANCK CONSTANT}"
    start = ord("𝐴") - ord("A") if letter.isupper() else ord("𝑎") - ord("a")
    return chr(ord(letter) + start) if letter.isascii() and letter.isalpha() else letter


def key_of(tex: str) -> str:
    r"""The key of a symbol: ``𝜆_{𝑁}`` of ``\lambda_N``."""
    key, _ = read(TOKEN.findall(tex), 0)
    return key.replace("-", "\N{MINUS SIGN}").replace("'", "^{\N{PRIME}}")


def read(tokens: list[str], at: int, *, upright: bool = False) -> tuple[str, int]:
    """The key of tokens up to the end of their group, and where that is."""
    key = ""
    while at < len(tokens) and tokens[at] != "}":
        part, at = read_one(tokens, at, upright=upright)
        key += part
    return key, at


def read_one(tokens: list[str], at: int, *, upright: bool = False) -> tuple[str, int]:
    """The key of one token, with what belongs to it, and where the next stands."""
    token, at = tokens[at], at + 1
    if token == "{":
        key, at = read(tokens, at, upright=upright)
        return key, at + 1
    if token in "_^":
        key, at = read_one(tokens, at)
        return f"{token}{{{key}}}", at
    name = token[1:]
    if name in ("mathrm", "text", "operatorname"):
        return read_one(tokens, at, upright=True)
    if name in ACCENTS:
        key, at = read_one(tokens, at)
        return key + ACCENTS[name], at
    if name in GREEK:
        return chr(ord("𝛼") + GREEK.index(name)), at
    if name:
        return CAPITALS.get(name) or SIGNS.get(name, token), at
    return token if upright else italic(token), at


def keys_of(tex: str) -> list[str]:
    """The key of a symbol, and those of other members of its family."""
    head, call, _ = tex.partition("(")
    tail = "(" if call else ""
    keys = [key_of(head) + tail]
    found = re.fullmatch(r"(.*)_(\w|\{ij\})", head)
    if found and found[2] == "{ij}":
        keys += [key_of(f"{found[1]}_{{{other}}}") + tail for other in ("ji", "ii", "jj")]
    elif head in GROUPS:
        keys += [key_of(f"{head[0]}_{other}") for other in "n#"]
    elif found:
        keys += [key_of(f"{found[1]}_{other}") + tail for other in ALIKE.get(found[2], "")]
    return keys


def is_letter(tex: str) -> bool:
    """Whether a symbol is a letter alone."""
    return re.fullmatch(r"[A-Za-z]'?|\\(?:var)?[a-z]+|\\[A-Z][a-z]+", tex) is not None


class Row(NamedTuple):
    """What a row of the table says, as HTML: the symbols, what they mean, and where that begins."""

    symbols: str
    meaning: str
    source: str
    address: str  # from the root of the site


def read_row(row: Any) -> Row:
    """A row of the table."""
    symbols, meaning, source = row.find_all("td")
    link = source.find("a")
    said, means = (
        re.sub(r"</?(?:div|p)\b[^>]*>", "", plain(cell)).strip() for cell in (symbols, meaning)
    )
    address = posixpath.normpath(posixpath.join(posixpath.dirname(NOTATION), link["href"]))
    return Row(said, means, link.get_text().strip(), address)


def table(notation: Any) -> list[tuple[str, bool, Row]]:
    """The symbols of the table: TeX, whether the letter has one meaning, and the row."""
    found = []
    for row in notation.select("table tbody tr"):
        says = read_row(row)
        for formula in row.find("td").select("span.math"):
            tex = symbol_of(formula.get_text().removeprefix("\\(").removesuffix("\\)"))
            found.append((tex, formula.find_parent(class_="always") is not None, says))
    return found


def card(row: Row, page: str) -> str:
    """What a row says, as HTML for a page."""
    href = posixpath.relpath(row.address, posixpath.dirname(page) or ".")
    introduced = f'<p>Introduced in <a href="{href}">{row.source}</a>.</p>'
    return f"<p>{row.symbols}: {row.meaning}.</p>{introduced}"


def symbols_of(
    page: str, rows: list[tuple[str, bool, Row]], own: set[str], here: set[str]
) -> dict[str, str]:
    """What each key means on a page.

    Args:
        page: Name of the page, without ending.
        rows: Of the table.
        own: Symbols that the page introduces.
        here: Symbols that it uses in a way of its own.
    """
    found: dict[str, str] = {}
    for tex, always, row in rows:
        if tex in here or (is_letter(tex) and not always and tex not in own):
            continue
        for key in keys_of(tex):
            # Its own row comes before that of a family.
            if key == keys_of(tex)[0] or key not in found:
                found[key] = card(row, page)
    for tex in here:
        place = f'<a href="#{name_of(tex)}">where it is introduced</a>'
        found[key_of(tex)] = f"<p>A letter of this page: see {place}.</p>"
    return found


def name_of(tex: str) -> str:
    """The id of the place where a page introduces a symbol of its own."""
    return "here-" + re.sub(r"[^A-Za-z0-9]+", "-", tex).strip("-")


def mark_own(app: Sphinx, document: nodes.document) -> None:
    """Name the places where a page introduces symbols of its own, and keep which."""
    found = set()
    for formula in formulas(document, "here"):
        tex = symbol_of(formula.astext())
        found.add(tex)
        formula.parent["ids"].append(name_of(tex))
    own_meanings(app.env)[app.env.docname] = found


def own_meanings(env: BuildEnvironment) -> dict[str, set[str]]:
    """The symbols that each page uses in a way of its own."""
    found: dict[str, set[str]] = kept(env, "symbols_here")
    return found


def add_list(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: nodes.document
) -> None:
    """Put the list of symbols before the first part of a page with formulas."""
    body = context.get("body", "")
    parts = [place.start() for place in re.finditer("<section", body)]
    listed = app.builder.name == "html" and NOTATION in app.env.found_docs
    if listed and len(parts) > 1 and 'class="math' in body:
        context["body"] = body[: parts[1]] + LIST + body[parts[1] :]


def write_symbols(app: Sphinx, exception: Exception | None) -> None:
    """Write what the symbols of each page mean."""
    if exception is not None or app.builder.name != "html":
        return
    root = Path(app.outdir)
    if NOTATION not in app.env.found_docs:
        return
    rows = table(Pages(root).read(f"{NOTATION}.html"))
    for docname in sorted(app.env.found_docs):
        own = {symbol for symbol, _ in definitions(app.env).get(docname, ())}
        if docname == NOTATION:
            own = {symbol for symbol, *_ in rows}
        here = own_meanings(app.env).get(docname, set())
        found = symbols_of(docname, rows, own, here)
        path = root / FOLDER / f"{docname}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(found, ensure_ascii=False, sort_keys=True)
        path.write_text(f"window.symtheorySymbols({text});\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("doctree-read", mark_own)
    keep(app, "symbols_here")
    app.connect("html-page-context", add_list, priority=860)
    # After the pages are mended.
    app.connect("build-finished", write_symbols, priority=810)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
