"""What can be taken away from the site, from small pages."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

from away import CHOICES
from away.archive import document, snippet, write_archive
from away.deck import IN_ONE_COLUMN, IN_TWO_COLUMNS, opening, section
from away.epub import check, write_epub
from away.mathml import Formulas, tidy
from away.publish import PAGE, publish
from away.site import Part, parse, read_parts
from away.slides import make_slides
from away.svg_files import standalone
from away.words import size, words
from small_site import Site
from sphinx.errors import ExtensionError

ARTICLE = (Path(__file__).parent / "away_page.html").read_text(encoding="utf-8")
CHAPTERS = [
    Path(__file__).parents[1] / f"{name}.md"
    for part in read_parts(Path(__file__).parents[1] / "_toc.yml")
    for name in part.chapters
]
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


@pytest.mark.parametrize(
    "count, looks",
    [
        (IN_ONE_COLUMN, "plain"),
        (IN_ONE_COLUMN + 1, "plain columns"),
        (IN_TWO_COLUMNS + 1, "plain columns many"),
    ],
)
def test_the_questions_of_a_large_part_stand_in_two_columns(count: int, looks: str) -> None:
    pages = [parse(f"notebooks/labs/{number}", ARTICLE) for number in range(count)]
    first = opening(Part("Labs", True, tuple(page.name for page in pages)), pages, "Book")
    assert first.count("<li>") >= count
    assert f'class="{looks}"' in first


def test_a_drawing_by_itself_has_its_names_colors_and_words() -> None:
    page = parse("a", ARTICLE)
    drawing, alt = page.drawing(page.article.find(id="fig-rise"))
    svg = standalone(drawing, alt, title="fig-rise")
    root = ElementTree.fromstring(svg)
    assert root.get("viewBox") == "0 0 300 150" and root.get("width") == "400"
    tags = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert "clipPath" in tags and tags[1:3] == ["title", "desc"]
    assert root[1].text == "Rises from 0 to 1 & stays."
    assert (
        svg.count('id="c"') == 1
        and "var(" not in svg
        and "#0072B2" in svg
        and "currentColor" not in svg
    )


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


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ("chapters:\n- file: notebooks/one/a\n", "Expected parts with a caption"),
        ("parts:\n- caption: One\n  chapters:\n  - url: https://a.b\n", "each a file without"),
        (
            "parts:\n- caption: One\n  chapters:\n  - file: notebooks/one/a\n    sections:\n"
            "    - file: notebooks/one/b\n",
            "Try '- file: ",
        ),
        (
            "parts:\n- caption: One\n  numbered: true\n  chapters:\n  - file: notebooks/one/a\n"
            "- caption: Two\n  numbered: true\n  chapters:\n  - file: notebooks/one/b\n",
            "Got one twice",
        ),
    ],
)
def test_nothing_of_a_table_of_contents_is_left_out(
    tmp_path: Path, parts: str, message: str
) -> None:
    contents = tmp_path / "_toc.yml"
    contents.write_text(f"root: book/index\n{parts}")
    with pytest.raises(ValueError, match=message):
        read_parts(contents)


@pytest.mark.slow
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


def test_the_archive_names_everything_after_its_label(tmp_path: Path) -> None:
    terms, path = tmp_path / "LICENSE", tmp_path / "figures.zip"
    terms.write_text("Say where it is from.")
    page = parse("notebooks/theory/why", ARTICLE)
    figure, equation = write_archive([page], "The book", FORMULAS, terms, path)
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {"figures/fig-rise.svg", "equations/eq-rise.tex", "LICENSE.txt"} < set(files)
    assert files["LICENSE.txt"] == "Say where it is from."
    assert ElementTree.fromstring(files["figures/fig-rise.svg"])[0].text == "Fig. 4.1, fig-rise"
    rows = list(csv.DictReader(io.StringIO(files["index.csv"])))
    assert [row["file"] for row in rows] == [figure.path, equation.path]
    assert rows[0]["alt"] == "Rises from 0 to 1 & stays." and rows[0]["number"] == "Fig. 4.1"
    assert rows[0]["caption or TeX"] == "It rises. Blue." and rows[1]["caption or TeX"] == "x\n= 1"
    assert all(row["chapter"] == "4. Why?" for row in rows)
    assert "<math>x</math>" in files["index.html"] and "It rises." in files["index.html"]
    once = path.read_bytes()
    write_archive([page], "The book", FORMULAS, terms, path)
    assert path.read_bytes() == once
    with pytest.raises(ValueError, match="Expected a label once. Got fig-rise twice"):
        write_archive([page, page], "The book", FORMULAS, terms, path)


def test_equations_are_whole_in_latex(tmp_path: Path) -> None:
    page = parse("notebooks/theory/why", ARTICLE)
    rows = ARTICLE.replace("x\n= 1", "x \\\\ y")
    (tmp_path / "LICENSE").touch()
    other = Formulas(FORMULAS.known | {(r"x \\ y", True): "<math/>"})
    _, one = write_archive([page], "", FORMULAS, tmp_path / "LICENSE", tmp_path / "a.zip")
    _, two = write_archive(
        [parse("b/c", rows)], "", other, tmp_path / "LICENSE", tmp_path / "b.zip"
    )
    assert snippet(one) == (
        "% (4.1) in 4. Why?\n\\begin{equation}\\label{eq-rise}\nx\n= 1\n\\end{equation}\n"
    )
    assert "\\begin{gathered}\nx \\\\ y\n\\end{gathered}" in snippet(two)
    whole = document([one])
    assert whole.count("\\begin") == whole.count("\\end") == 1
    assert "\\input{equations/eq-rise.tex}" in whole and "\\section*{4. Why?}" in whole


def test_the_electronic_book_is_whole(tmp_path: Path) -> None:
    first = parse(
        "book/index",
        '<article class="bd-article"><h1>The book</h1>'
        '<p><a href="../notebooks/theory/why.html#fig-rise">There</a>, '
        '<a href="../search.html">here</a>, <p>and</p>.</p></article>',
    )
    chapter = parse("notebooks/theory/why", ARTICLE)
    parts = [
        (Part("", False, (first.name,)), [first]),
        (Part("Theory & more", True, (chapter.name,)), [chapter]),
    ]
    write_epub(parts, FORMULAS, tmp_path / "book.epub", version="1")
    with zipfile.ZipFile(tmp_path / "book.epub") as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    package = ElementTree.fromstring(files["book/book.opf"])
    listed = {f"book/{item.get('href')}": item for item in package.iter() if item.get("href")}
    assert set(listed) == {n for n in files if n.startswith("book/")} - {"book/book.opf"}
    assert listed["book/theory-why.xhtml"].get("properties") == "mathml"
    ids = [item.get("idref") for item in package.iter() if item.get("idref")]
    assert ids == ["file-index.xhtml", "file-contents.xhtml", "file-theory-why.xhtml"]
    index, why = files["book/index.xhtml"], files["book/theory-why.xhtml"]
    assert '<a href="theory-why.xhtml#fig-rise">There</a>, here' in index
    assert not re.search("<(details|form|input|template|script|style)", why)
    assert "<math>x</math> (4.1)" in why and 'src="figures/fig-rise.svg"' in why
    assert "Gravity." in why and why.count("<img") == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<p>&nbsp;</p>", "Expected XML"),
        ('<p><a href="#b">b</a></p>', "Expected a link within the book. Got #b in a.xhtml"),
        ('<p><img src="b.svg"/></p>', "Got b.svg"),
    ],
)
def test_an_electronic_book_that_leads_nowhere_is_refused(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check({"a.xhtml": text})


def test_names_become_links_where_the_files_are(tmp_path: Path) -> None:
    made, site = tmp_path / "made", tmp_path / "site"
    page = site / PAGE
    page.parent.mkdir(parents=True)
    (made / "slides").mkdir(parents=True)
    (made / "book.pdf").write_bytes(b"0" * 2_340_000)
    (made / "slides" / "index.html").touch()
    names = '<span class="away">book.pdf</span>, <span class="away">slides/index.html</span>'
    page.write_text(names)
    publish(made, site)
    once = page.read_text()
    assert '<a href="../away/book.pdf">book.pdf</a> (2.3 MB)' in once
    assert '<a href="../away/slides/index.html">slides/index.html</a></span>' in once
    assert (site / "away" / "book.pdf").exists()
    publish(made, site)
    assert page.read_text() == once
    page.write_text(names.replace("book.pdf", "book.epub"))
    with pytest.raises(
        ValueError, match=r"Expected book\.pdf, slides on .* Got book\.epub, slides"
    ):
        publish(made, site)


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_what_the_slides_of_a_chapter_show_is_in_it(chapter: Path) -> None:
    text = chapter.read_text(encoding="utf-8")
    (box,) = re.findall(r"^```\{slides\}\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    chosen = dict(re.findall(r"^:(\w+): (\S+)$", box, flags=re.MULTILINE))
    assert set(CHOICES) - {"result"} <= set(chosen) <= set(CHOICES)
    for label in chosen.values():
        assert re.search(rf"^(:label:|:name:|\s+name:) {label}$", text, re.MULTILINE), label
