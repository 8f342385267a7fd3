"""A page as plain Markdown, which any notebook program shows: numbers, references, boxes resolved.

Where the page has a code cell, the text has a line of its own that says which (`CELL`).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NoReturn

from docutils import nodes
from sphinx_exercise.nodes import solution_node
from sphinx_markdown_builder.contexts import (
    IndentContext,
    SubContextParams,
    TableContext,
    TitleContext,
)
from sphinx_markdown_builder.translator import MarkdownTranslator, pushing_context
from tabulate import tabulate

if TYPE_CHECKING:
    from sphinx.builders import Builder

# What stands for code cell number n; no page has these characters.
CELL = "\ue000{}\ue001"
CELL_LINE = re.compile("^[> ]*\ue000(\\d+)\ue001 *$", flags=re.MULTILINE)


def to_markdown(
    document: nodes.document,
    docname: str,
    builder: Builder,
    *,
    solutions_keep: tuple[str, ...] | None = None,
    notes: dict[str, str] | None = None,
) -> str:
    """A resolved page as Markdown.

    Args:
        document: The page; it is not changed.
        docname: Its name, from which relative links lead.
        builder: Knows the numbers of theorems, figures and formulas.
        solutions_keep: Tags of the code cells that are left of a solution, in whose place the
            reader is asked for an answer. If None, solutions are whole.
        notes: What is told after an exercise, by its label.
    """
    translator = PlainMarkdown(document, builder, docname, solutions_keep, notes or {})
    document.walkabout(translator)
    return re.sub(r"\n{3,}", "\n\n", str(translator.astext())).strip() + "\n"


def fragment(node: nodes.Node, document: nodes.document, docname: str, builder: Builder) -> str:
    """A part of a page as Markdown; arguments as for `to_markdown`."""
    translator = PlainMarkdown(document, builder, docname, None, {})
    node.walkabout(translator)
    return str(translator.astext())


def number_of(builder: Builder, docname: str, kind: str, names: list[str]) -> str:
    """The number of a theorem, figure or formula, such as "5.1"; empty if it has none.

    Args:
        builder: Knows it.
        docname: The name of the page.
        kind: What is numbered: "theorem", "figure", …
        names: What it is called on the page.
    """
    numbers = builder.env.toc_fignumbers.get(docname, {}).get(kind, {})
    found = [numbers[name] for name in names if name in numbers]
    return ".".join(map(str, found[0])) if found else ""


def has_cell(node: nodes.Element) -> bool:
    """Whether a code cell stands in a node."""
    return any(child.get("nb_element") == "cell_code" for child in node.findall(nodes.container))


class Table(TableContext):
    """A table whose numbers stay as they are written."""

    def make(self) -> str:
        """The table, after what stands above it."""
        rows = [self.make_row(row) for row in (*self.headers, *self.body)]
        table = tabulate(rows[1:], headers=rows[0], tablefmt="github", disable_numparse=True)
        return "\n\n".join(filter(None, (self.internal_context.make().strip(), table)))


class PlainMarkdown(MarkdownTranslator):
    """Markdown of a page, its nodes in order."""

    def __init__(
        self,
        document: nodes.document,
        builder: Builder,
        docname: str,
        solutions_keep: tuple[str, ...] | None,
        notes: dict[str, str],
    ) -> None:
        super().__init__(document, builder)
        self.docname = docname
        self.solutions_keep = solutions_keep
        self.notes = notes

    def number(self, kind: str, node: nodes.Element) -> str:
        """The number of a theorem, figure or formula, such as "5.1"; empty if it has none."""
        return number_of(self.builder, self.docname, kind, node["ids"])

    # Code cells, and what their outputs say beside what the code shows.

    def visit_container(self, node: nodes.container) -> None:
        """A code cell is a line; other containers are what they hold."""
        if node.get("nb_element") != "cell_code":
            return
        self.add(CELL.format(node["cell_index"]), prefix_eol=2, suffix_eol=2)
        for figure in node.findall(nodes.figure):
            for caption in figure.findall(nodes.caption):
                self.add(f"*Figure {self.number('figure', figure)}.* ", prefix_eol=2)
                for child in caption.children:
                    child.walkabout(self)
                self.ensure_eol(2)
        raise nodes.SkipNode

    def depart_container(self, node: nodes.container) -> None:
        """Nothing: a container is what it holds."""

    # Boxes.

    @pushing_context
    def visit_Admonition(self, node: nodes.Admonition) -> None:
        """A box is a quotation that begins with its title, unless code stands in it."""
        if isinstance(node, solution_node) and self.solutions_keep is not None:
            self.ask(node, self.solutions_keep)
        quoted = "" if has_cell(node) else "> "
        self._push_context(IndentContext(quoted, empty=True, params=SubContextParams(2, 2)))
        kind = str(node.get("realtype") or node.get("type") or "").replace("solution", "")
        number = self.number(str(node.get("countertype") or kind), node)
        self.add(f"**{' '.join(filter(None, (kind.title(), number)))}")
        for title in node.findall(nodes.title):
            for child in title.children:
                child.walkabout(self)
            break
        self.add(".**", suffix_eol=2)

    def depart_Admonition(self, node: nodes.Admonition) -> None:
        """End of a box; that of an exercise ends with what is told of it."""
        if node.get("label") in self.notes:
            self.add(self.notes[node["label"]], prefix_eol=2, suffix_eol=2)
        self._pop_context()

    visit_admonition, depart_admonition = visit_Admonition, depart_Admonition

    # Questions, whose answers are folds here too.

    def visit_guess(self, node: nodes.Element) -> None:
        """A question, named as such."""
        self.add("**Guess first.**", prefix_eol=2, suffix_eol=2)

    def depart_guess(self, node: nodes.Element) -> None:
        """End of the question."""

    def visit_truth(self, node: nodes.Element) -> None:
        """A fold with the answer."""
        self.add("<details>", prefix_eol=2, suffix_eol=1)
        self.add("<summary>The answer</summary>", suffix_eol=2)

    def depart_truth(self, node: nodes.Element) -> None:
        """End of the fold."""
        unit = node.parent["unit"]
        self.add(f" {unit}".rstrip(), suffix_eol=2)
        self.add("</details>", suffix_eol=2)

    def visit_self_check(self, node: nodes.Element) -> None:
        """A question, named as such."""
        self.add("**Check yourself.**", prefix_eol=2, suffix_eol=2)

    def depart_self_check(self, node: nodes.Element) -> None:
        """End of the question."""

    def visit_answer(self, node: nodes.Element) -> None:
        """A fold; the empty lines let Markdown be read within."""
        self.add("<details>", prefix_eol=2, suffix_eol=1)

    def depart_answer(self, node: nodes.Element) -> None:
        """End of a fold."""
        self.add("</details>", prefix_eol=2, suffix_eol=2)

    def visit_said(self, node: nodes.Element) -> None:
        """What names a fold."""
        self.add("<summary>", suffix_eol=2)

    def depart_said(self, node: nodes.Element) -> None:
        """End of what names a fold."""
        self.add("</summary>", prefix_eol=2, suffix_eol=2)

    def ask(self, solution: nodes.Element, keep: tuple[str, ...]) -> NoReturn:
        """Ask for an answer where a solution would stand."""
        self.add("*Your answer:*", prefix_eol=2, suffix_eol=2)
        for cell in solution.findall(nodes.container):
            if set(keep).intersection(cell.get("cell_metadata", {}).get("tags", ())):
                self.add(CELL.format(cell["cell_index"]), prefix_eol=2, suffix_eol=2)
        raise nodes.SkipNode

    def visit_title(self, node: nodes.title) -> None:
        """The title of a box is set where the box begins."""
        if isinstance(node.parent, nodes.Admonition):
            raise nodes.SkipNode
        self._push_context(TitleContext(self.status.section_level))

    def depart_title(self, node: nodes.title) -> None:
        """End of a heading."""
        self._pop_context()

    def visit_section(self, node: nodes.section) -> None:
        """A section of a page; within a box, what it holds."""
        self.ensure_eol(2)
        deeper = not isinstance(node.parent, nodes.Admonition)
        self._push_status(section_level=self.status.section_level + deeper)

    def depart_section(self, node: nodes.section) -> None:
        """End of a section."""
        self._pop_status()

    @pushing_context
    def visit_table(self, node: nodes.table) -> None:
        """A table."""
        self._push_context(Table(SubContextParams(2, 2)))

    # Formulas and references.

    def visit_math(self, node: nodes.math) -> None:
        """Mathematics in a line."""
        self.add(f"${node.astext()}$")
        raise nodes.SkipNode

    def visit_math_block(self, node: nodes.math_block) -> None:
        """A displayed formula, with its number."""
        number = self.number("displaymath", node)
        tag = f" \\tag{{{number}}}" if number else ""
        self.add(f"$$\n{node.astext().strip()}{tag}\n$$", prefix_eol=2, suffix_eol=2)
        raise nodes.SkipNode

    def visit_reference(self, node: nodes.reference) -> None:
        """A link, if where it leads has an address outside of the page."""
        address = str(node.get("refuri", ""))
        base = self.config.html_baseurl
        if node.get("internal") or not re.match("https?:", address):
            folder = posixpath.dirname(self.docname)
            address = posixpath.normpath(posixpath.join(folder, address))
            address = f"{base.rstrip('/')}/{address}" if base and "refuri" in node else ""
        if address:
            self.add("[")
        for child in node.children:
            child.walkabout(self)
        if address:
            self.add(f"]({address})")
        raise nodes.SkipNode

    def visit_target(self, node: nodes.target) -> None:
        """Nothing leads here."""
        raise nodes.SkipNode

    def visit_citation(self, node: nodes.citation) -> None:
        """An entry of the bibliography; what is cited has its name and year in the text."""
        for child in node.children[1:]:
            child.walkabout(self)
        raise nodes.SkipNode

    def visit_instructor(self, node: nodes.Element) -> None:
        """Nothing: what instructors are told has its own place."""
        raise nodes.SkipNode

    def visit_toctree(self, node: nodes.Element) -> None:
        """Nothing: where a page stands is not in its text."""
        raise nodes.SkipNode

    def visit_raw(self, node: nodes.raw) -> None:
        """Nothing: HTML is for the page."""
        raise nodes.SkipNode
