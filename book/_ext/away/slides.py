"""The slides of a chapter, from what stands on its page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from away.site import one, plain, refuse
from away.words import size, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import Tag

    from away.mathml import Formulas
    from away.site import Page

# As much as a slide holds in letters of which the last row sees all.
ROOM = 620


@dataclass(frozen=True)
class Slide:
    """A slide, as HTML.

    Attributes:
        kind: What it is: question, guess, figure, idea, result, takeaways or exercise.
        title: Its heading.
        body: What all see.
        notes: What who speaks sees.
    """

    kind: str
    title: str
    body: str
    notes: str


def make_slides(page: Page, formulas: Formulas) -> list[Slide]:
    """The slides of a chapter.

    Raises:
        ValueError: If the chapter lacks something that they show.
    """
    chosen = {name.removeprefix("data-"): str(to) for name, to in choice(page).attrs.items()}
    figure = labelled(page, chosen["figure"])
    slides = [question(page, formulas)]
    slides += [guess(form, formulas) for form in page.article.select("form.guess")[:1]]
    slides += [picture(page, figure, formulas), idea(page, figure, formulas)]
    if "result" in chosen:
        slides.append(result(page, chosen["result"], formulas))
    slides += takeaways(page)
    slides.append(exercise(labelled(page, chosen["exercise"]), formulas))
    return slides


def choice(page: Page) -> Tag:
    """What the chapter says of its slides."""
    return one(page, "template.slides")


def labelled(page: Page, label: str) -> Tag:
    """What has a label on the page; a formula has it in Sphinx's own way."""
    found = page.article.find(id=label) or page.article.find(id=f"equation-{label}")
    if found is None:
        refuse(page, f"the label {label}, which {{slides}} names,")
    return found


def question(page: Page, formulas: Formulas) -> Slide:
    """The chapter's title and its question; what leads up to it is for who speaks."""
    box = one(page, ".objectives")
    asked = box.find_all("p", recursive=False)[1:-1]
    lead = [words(p, formulas, keep_tag=True) for p in box.find_previous_siblings("p")][::-1]
    goals = [words(goal, formulas, keep_tag=True) for goal in box.select("ul")]
    return Slide(
        "question",
        words(one(page, "h1")),
        "".join(words(p, keep_tag=True) for p in asked),
        "".join((*lead, "<p>At the end of the chapter:</p>", *goals)),
    )


def guess(form: Tag, formulas: Formulas) -> Slide:
    """A number to guess; the answer comes with the next key."""
    asked = "".join(words(p, keep_tag=True) for p in form.find_all("p", recursive=False))
    slider, truth = form.select_one("input"), form.select_one("details p")
    assert slider is not None and truth is not None
    unit = str(form.get("data-unit") or "")
    ends = f"{slider['min']} to {slider['max']} {unit}".strip().replace("-", "\N{MINUS SIGN}")
    return Slide(
        "guess",
        "Guess first",
        f'{asked}<p class="ends">{ends}</p><p class="fragment">{words(truth)}</p>',
        "<p>Let everybody write a number down before the next key shows the answer. "
        f"{words(truth, formulas)}</p>",
    )


def picture(page: Page, figure: Tag, formulas: Formulas) -> Slide:
    """The figure to remember, under the first sentence of its caption."""
    caption = figure.select_one(".caption-text")
    number = figure.select_one(".caption-number")
    if caption is None or number is None:
        refuse(page, f"a caption of {figure['id']}")
    first = caption.find("strong")
    title = words(first) if first else re.split(r"(?<=\.)\s", words(caption))[0]
    _, alt = page.drawing(figure)
    return Slide(
        "figure",
        f'{title} <span class="source">{words(number)}</span>',
        f'<img src="figures/{figure["id"]}.svg" alt="{escape(alt, quote=True)}"/>',
        f"<p>{words(caption, formulas)}</p><p>In words: {escape(alt)}</p>",
    )


def idea(page: Page, figure: Tag, formulas: Formulas) -> Slide:
    """The first takeaway from the figure on, and what to ask about it."""
    box = figure.find_next(class_="takeaway")
    if box is None:
        refuse(page, f"a takeaway after {figure['id']}")
    section = box.find_parent("section")
    checks = section.select(".self-check") if section else []
    return Slide(
        "idea",
        "The idea",
        "".join(words(p, keep_tag=True) for p in box.find_all("p", recursive=False)[1:]),
        "".join(ask(check, formulas) for check in checks) or "<p>Ask for it in other words.</p>",
    )


def ask(check: Tag, formulas: Formulas) -> str:
    """A question to the class, with what may be answered and what is to be said to it."""
    asked = [words(p, formulas) for p in check.find_all("p", recursive=False)]
    answers = []
    for answer in check.select("details"):
        said = "".join(words(part, formulas) for part in answer.select("summary"))
        why = " ".join(words(p, formulas) for p in answer.find_all("p", recursive=False))
        answers.append(f"<li>{said} {why}</li>")
    return f"<p><strong>Ask.</strong> {' '.join(asked)}</p><ul>{''.join(answers)}</ul>"


def result(page: Page, label: str, formulas: Formulas) -> Slide:
    """A theorem with its idea, or a formula with the sentence that leads to it."""
    box = labelled(page, label)
    if box.name == "div" and "math" in (box.get("class") or ()):
        before = box.find_previous_sibling("p")
        lead = words(before, keep_tag=True) if before else ""
        after = box.find_next_sibling("p")
        notes = words(after, formulas, keep_tag=True) if after else ""
        return Slide("result", "The formula", lead + words(box, keep_tag=True), notes)
    title, content = box.select_one(".admonition-title"), box.select_one("section")
    assert title is not None and content is not None
    ideas = [after for after in proof_of(box) if "proof-idea" in after["class"]]
    body = words(content)
    shown = "".join(words(p) for box in ideas for p in box.find_all("p", recursive=False)[1:])
    if shown and size(body) + size(shown) < ROOM:
        body += f'<p class="why"><strong>Idea.</strong> {shown}</p>'
    notes = "".join(words(part, formulas) for part in proof_of(box))
    return Slide("result", words(title), body, notes or "<p>The proof is in the chapter.</p>")


def proof_of(theorem: Tag) -> Iterator[Tag]:
    """The idea and the sketch that follow a theorem."""
    for after in theorem.find_next_siblings(True, limit=3):
        if {"proof-idea", "proof-sketch"} & set(after.get("class") or ()):
            yield after


def takeaways(page: Page) -> list[Slide]:
    """All takeaways, on as many slides as they need."""
    pages: list[list[str]] = [[]]
    for box in page.article.select(".takeaway"):
        title, *said = box.find_all("p", recursive=False)
        name = "" if plain(title) == "Takeaway" else f"<strong>{words(title)}.</strong> "
        text = name + " ".join(words(p) for p in said)
        if pages[-1] and size("".join(pages[-1])) + size(text) > ROOM:
            pages.append([])
        pages[-1].append(f"<li>{text}</li>")
    notes = "<p>Have the class say each in its own words, and when it does not hold.</p>"
    return [Slide("takeaways", "To take home", f"<ul>{''.join(one)}</ul>", notes) for one in pages]


def exercise(box: Tag, formulas: Formulas) -> Slide:
    """An exercise to discuss; how it is solved is for who speaks."""
    title, content = box.select_one(".admonition-title"), box.select_one("section")
    assert title is not None and content is not None
    after = box.find_next_sibling(True)
    solution = after.select_one("section") if after and "solution" in after["class"] else None
    return Slide(
        "exercise",
        words(title),
        words(content),
        words(solution, formulas) if solution else "<p>The chapter has no solution of it.</p>",
    )
