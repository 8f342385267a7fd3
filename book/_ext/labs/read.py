"""What each lab says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docutils import nodes
from drawings import DRAWING
from plan.chapters import Chapter, is_lab, read_chapters
from sphinx import addnodes

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

BOX = "lab-verdict"
KINDS = ("claim", "verdict", "evidence")
# What a small picture cannot show, or what names it.
# Formulas in a figure are drawn as paths, each put in its place.
WORDS = re.compile(r'<text\b.*?</text>|<path transform="translate\([^)]*\)"[^>]*/>', re.DOTALL)
OPENING = re.compile(r'\s(?:role|aria-label|class)="[^"]*"')


@dataclass(frozen=True)
class Lab:
    """A lab, for those who choose one.

    Attributes:
        chapter: What it says of itself as any chapter.
        paper: The first source that it cites, as a reference to be resolved.
        says: Its claim, its verdict and the evidence, by these names: words, references and such.
        picture: Its figure as SVG, without its text.
    """

    chapter: Chapter
    paper: nodes.Element
    says: dict[str, list[nodes.Node]]
    picture: str


def read_labs(env: BuildEnvironment) -> list[Lab]:
    """All labs, in the order of the book."""
    return [read_lab(env, one) for one in read_chapters(env) if is_lab(one.docname)]


def read_lab(env: BuildEnvironment, chapter: Chapter) -> Lab:
    """A lab.

    Raises:
        ValueError: If it has no box with what came out, cites no paper, or has no such figure.
    """
    document = env.get_doctree(chapter.docname)

    def need(found: nodes.Element | None, what: str, attempt: str) -> nodes.Element:
        if found is None:
            raise ValueError(f"Expected {what}. Got none in {chapter.docname}. Try {attempt}.")
        return found

    boxes = (box for box in document.findall(nodes.admonition) if BOX in box["classes"])
    box = need(next(boxes, None), "what came out of the lab", "the directive {lab}")
    cited = (one for one in document.findall(addnodes.pending_xref) if one["refdomain"] == "cite")
    paper = need(next(cited, None), "the paper of the lab", "{cite:t}`key` in its first sentence")
    label = box["figure"]
    figures = (one for one in document.findall(nodes.figure) if label in one["names"] + one["ids"])
    figure = need(next(figures, None), f"the figure {label!r}", "the name of one that is there")
    drawings = [DRAWING.search(part.astext()) for part in figure.findall(nodes.raw)]
    drawing = next(filter(None, drawings), None)
    if drawing is None:
        raise ValueError(
            f"Expected a drawing as {label!r} of {chapter.docname}. Got none. Try show()."
        )
    says = {
        kind: part.children
        for part in box.findall(nodes.inline)
        for kind in KINDS
        if kind in part["classes"]
    }
    return Lab(chapter, paper, says, small(drawing[0]))


def small(svg: str) -> str:
    """A drawing without text, which nobody hears of: what it shows stands beside it."""
    opening, end, rest = svg.partition(">")
    return f'{OPENING.sub("", opening)} aria-hidden="true"{end}{WORDS.sub("", rest)}'


def copies(found: list[nodes.Node], docname: str) -> list[nodes.Node]:
    """Words, references and such of a lab, to stand on another page."""
    copied = [node.deepcopy() for node in found]
    for node in copied:
        for one in node.findall(addnodes.pending_xref):
            one["refdoc"] = docname
    return copied


def link_to(chapter: Chapter, words: str, docname: str) -> nodes.Element:
    """A link to a lab, to be resolved with all others."""
    return addnodes.pending_xref(
        "",
        nodes.inline("", words),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{chapter.docname}",
        refexplicit=True,
        refwarn=True,
        refdoc=docname,
    )
