"""What can be taken away from the site, from small pages."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

from away.deck import section
from away.drawings import standalone
from away.mathml import Formulas, tidy
from away.site import Part, parse, read_parts
from away.slides import make_slides
from away.words import size, words
from small_site import Site
from sphinx.errors import ExtensionError

ARTICLE = (Path(__file__).parent / "away_page.html").read_text(encoding="utf-8")
FORMULAS = Formulas({("a < b", False): "<math>a</math>", ("x\n= 1", True): "<math>x</math>"})


def test_slides_of_a_chapter_are_what_stands_on_its_page() -> None:
    slides = make_slides(parse("notebooks/theory/why", ARTICLE), FORMULAS)
    assert [slide.kind for slide in slides] == [
        *("question", "guess", "figure", "idea", "result", "takeaways", "takeaways", "exercise")
    ]
    asked, guess, figure, idea, theorem, home, practice, exercise = slides
    assert asked.title == "<span>4. </span>Why?" and "“Another chapter”" in asked.body
    assert asked.notes.startswith("<p>It is known.</p>") and "You will see." in asked.notes
    assert "\N{MINUS SIGN}1 to 9 %" in guess.body and "fragment" in guess.body.split("<strong>7")[0]
    assert (
        figure.title.startswith("It rises.")
        and 'alt="Rises from 0 to 1 &amp; stays."' in figure.body
    )
    assert "Blue." in figure.notes and "Blue." not in figure.body
    # The first from the figure on.
    assert idea.body == "<p>It rises, and stays.</p>" and "Does it?" in idea.notes
    assert (
        "\\(a &lt; b\\)" in theorem.body and "x\n= 1\\]" in theorem.body and "Push." in theorem.body
    )
    assert home.body.count("<li>") == 2 and "<strong>For practice.</strong>" in practice.body
    assert exercise.body == "<p>Why not?</p>" and exercise.notes == "<p>Gravity.</p>"


def test_no_slide_leads_out_of_its_folder_or_shows_what_is_for_the_screen() -> None:
    slides = make_slides(parse("notebooks/theory/why", ARTICLE), FORMULAS)
    text = "".join(slide.title + slide.body + slide.notes for slide in slides)
    assert "<a" not in text and "#" not in text and "checked by" not in text and " id=" not in text


@pytest.mark.parametrize(
    ("taken", "missed"),
    [
        ('<template class="slides"', "template.slides"),
        ('id="ex-rise"', "the label ex-rise"),
        ('class="objectives admonition"', ".objectives"),
    ],
)
def test_a_chapter_without_something_is_named(taken: str, missed: str) -> None:
    with pytest.raises(ValueError, match=rf"Expected {missed}.*notebooks/theory/why\. Try"):
        make_slides(parse("notebooks/theory/why", ARTICLE.replace(taken, "<b")), FORMULAS)


def test_a_slide_keeps_its_notes_apart() -> None:
    slide = ElementTree.fromstring(
        section("idea", "<h2>It</h2>", "dense", "1. A & B", "<p>Say.</p>")
    )
    sheet, notes = slide
    assert sheet.get("class") == "sheet idea dense" and sheet[0].text == "1. A & B"
    assert notes.get("class") == "notes" and notes[0].text == "Say."


def test_a_drawing_by_itself_has_its_names_colors_and_words() -> None:
    page = parse("a", ARTICLE)
    drawing, alt = page.drawing(page.article.find(id="fig-rise"))
    svg = standalone(drawing, alt, title="fig-rise")
    root = ElementTree.fromstring(svg)
    assert root.get("viewBox") == "0 0 300 150" and root.get("width") == "400"
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert "clipPath" in tags and tags[1:3] == ["title", "desc"]
    assert root[1].text == "Rises from 0 to 1 & stays."
    assert "var(" not in svg and "#0072B2" in svg and "currentColor" not in svg


def test_a_drawing_without_a_box_is_refused() -> None:
    with pytest.raises(ValueError, match="Expected a drawing with a viewBox"):
        standalone("<svg></svg>", "", title="a")


def test_formulas_for_other_readers_have_characters_of_their_own() -> None:
    math = tidy(
        '<math xmlns="http://www.w3.org/1998/Math/MathML">\n  <mi mathvariant="double-struck" '
        'data-mjx-alternate="1">R</mi>\n <mi mathvariant="script">K</mi>'
        '<mi mathvariant="normal">x</mi></math>',
        r"\mathbb{R} < 1",
    )
    assert re.findall(r"<mi[^>]*>(.)</mi>", math) == ["ℝ", "𝒦", "x"]
    assert 'alttext="\\mathbb{R} &lt; 1"' in math and "data-" not in math
    assert '<mi mathvariant="normal">' in math
    with pytest.raises(ValueError, match=r"Expected a formula of the pages\. Got 'y'"):
        Formulas({})["y", True]


def test_the_room_of_a_text_counts_what_is_seen() -> None:
    assert size("<p>abc <em>d</em></p>") == 5
    assert size(r'<span class="math">\(\lambda_N\)</span>') == 1
    assert size(r'<div class="math">\[a \\ b\]</div>') > 2 * size("<p>a row of words</p>")
    page = parse("a", ARTICLE)
    assert words(page.article.find(id="ex-rise").section) == "<p>Why not?</p>"


def test_parts_are_read_from_the_contents(tmp_path) -> None:
    contents = tmp_path / "_toc.yml"
    contents.write_text(
        "root: book/index\nparts:\n- caption: One\n  numbered: true\n  chapters:\n"
        "  - file: notebooks/one/a\n- caption: Back\n  chapters:\n  - file: book/b\n"
    )
    first, one, back = read_parts(contents)
    assert first.pages == ("book/index",) and back == Part("Back", False, ("book/b",))
    assert one == Part("One", True, ("notebooks/one/a",)) and one.name == "one"


def test_a_chapter_that_says_nothing_of_its_slides_stops_the_build(tmp_path: Path) -> None:
    site = Site(tmp_path, "away")
    tree = "# Book\n\n```{toctree}\n:numbered:\n\nchapter\n```\n"
    site.write(index=tree, chapter="# Why?\n")
    with pytest.raises(ExtensionError, match=r"Got nothing in chapter\. Try ```\{slides\}"):
        site.build()
    site.write(chapter="# Why?\n\n```{slides}\n:figure: fig-a\n```\n")
    with pytest.raises(ExtensionError):
        site.build()
    assert "Expected a figure and an exercise" in site.warnings
    site.write(chapter="# Why?\n\n```{slides}\n:figure: fig-a\n:exercise: ex-a\n```\n")
    assert site.build() == 0, site.warnings
    template = '<template class="slides" data-figure="fig-a" data-exercise="ex-a"></template>'
    assert template in site.page("chapter")
