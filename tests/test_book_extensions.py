"""The local Sphinx extensions, each on a site of one or two pages."""

import importlib.util
import re
from importlib.metadata import version
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

import alt_text
import checked_by
import citations
import errata
import execution_hash
import figure_source
import folded_members
import glossary_links
import guess
import page_description
import page_fixes
import plain_docstrings
import self_check
import symbols
from bs4 import BeautifulSoup
from docutils import nodes
from pybtex.database import parse_string
from small_site import Site
from sphinx.ext.napoleon import Config, GoogleDocstring

EQUATION = "# Page\n\n```{math}\n:label: eq-one\na = b\n```\n\n"
TESTS = "def test_plain(): ...\n\nclass TestGroup:\n    def test_method(self): ...\n"

# What Sphinx and its extensions do is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture
def tested_site(tmp_path):
    site = Site(tmp_path, "sphinx_design", "checked_by")
    site.config["myst_enable_extensions"] = ["colon_fence"]
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text(TESTS, encoding="utf-8")
    return site


def checked(label: str, *tests: str) -> str:
    names = ", ".join(f"`{test}`" for test in tests)
    return f":::{{div}} checked-by\n`{label}` ✓ checked by {names}\n:::\n"


def test_checked_by_links_to_the_tests(tested_site):
    tests = ("tests/test_it.py::test_plain", "tests/test_it.py::TestGroup::test_method")
    tested_site.write(index=EQUATION + checked("eq-one", *tests))
    assert tested_site.build() == 0, tested_site.warnings
    page = tested_site.page()
    assert "checked by" in page
    assert 'tests/test_it.py#L1"' in page
    assert 'tests/test_it.py#L4"' in page
    assert "test_method" in page


@pytest.mark.parametrize(
    "label,test,complaint",
    [
        ("eq-one", "tests/test_it.py::test_gone", "Expected a test of tests/test_it.py"),
        ("eq-one", "tests/test_it.py::test_method", "Expected a test of tests/test_it.py"),
        ("eq-one", "tests/test_gone.py::test_plain", "Expected FILE::TEST"),
        ("eq-one", "tests/test_it.py", "Expected FILE::TEST"),
        ("eq-one", "", "Expected a label and the tests"),
        ("eq-two", "tests/test_it.py::test_plain", "Expected the label of an equation"),
    ],
)
def test_checked_by_fails_the_build_where_test_or_label_is_missing(
    tested_site, label, test, complaint
):
    tested_site.write(index=EQUATION + checked(label, test))
    assert tested_site.build() == 1
    assert complaint in tested_site.warnings


def test_checked_by_notices_when_a_test_goes(tested_site, tmp_path):
    tested_site.write(index=EQUATION + checked("eq-one", "tests/test_it.py::test_plain"))
    assert tested_site.build() == 0
    (tmp_path / "tests" / "test_it.py").write_text("def test_other(): ...\n", encoding="utf-8")
    assert tested_site.build() == 1


def test_checked_by_takes_the_label_of_a_theorem(tested_site):
    tested_site.config["extensions"].append("sphinx_proof")
    theorem = "# Page\n\n```{prf:theorem} Name\n:label: thm-one\n\nTrue.\n```\n\n"
    tested_site.write(index=theorem + checked("thm-one", "tests/test_it.py::test_plain"))
    assert tested_site.build() == 0, tested_site.warnings


def test_tests_are_found_without_importing_them(tmp_path):
    file = tmp_path / "test_it.py"
    file.write_text("raise SystemExit\n" + TESTS, encoding="utf-8")
    assert checked_by.tests_in(file, 0.0) == {"test_plain": 2, "TestGroup::test_method": 5}


@pytest.mark.parametrize(
    "html,silent",
    [
        ('<img src="a.png" alt="words">', 0),
        ('<img src="a.png">', 1),
        ('<img src="a.png" alt=" ">', 1),
        ('<img src="a.png" alt="" role="presentation">', 0),
        ('<svg role="img" aria-label="words"><path/></svg>', 0),
        ("<svg><title>words</title></svg>", 0),
        ("<svg><path/></svg>", 1),
        ("<svg><g><svg><path/></svg></g></svg><svg></svg>", 2),
        ('<div aria-hidden="true"><svg></svg><img src="a"><br></div><svg></svg>', 1),
        ("<script>'<img>'</script><p>no picture</p>", 0),
        # A tag whose end is left out does not hide what follows.
        ('<div aria-hidden="true"><p>one<p>two<li>three</div><img src="a">', 1),
        ('<div aria-hidden="true"><img src="a"></div></div><img src="a">', 1),
        ("<svg><path/>", 1),
        ("<svg/><p>text</p>", 1),
        ('<IMG SRC="a.png"><Svg></sVG>', 2),
        ('<div hidden><img src="a"></div><img src="a" ARIA-HIDDEN="TRUE">', 0),
        # What presents its children says nothing of them.
        ('<table role="presentation"><tr><td><img src="a"></td></tr></table>', 1),
        # The name of a part is not the name of the whole.
        ("<svg><g><title>one point</title></g></svg>", 1),
        ("<svg><title> </title></svg>", 1),
        ('<svg aria-labelledby="here"></svg><p id="here">words</p>', 0),
        ('<svg aria-labelledby="gone"></svg>', 1),
        ('<span role="img" aria-label="words"><svg></svg></span>', 0),
        ('<span role="img"><svg></svg></span>', 1),
        ('<img src="a" title="words">', 0),
        ("<canvas></canvas><canvas>words</canvas>", 1),
        ('<object data="a.svg"></object><object data="a.svg">words</object>', 1),
        ('<object data="a.svg"><img src="a.png"></object>', 1),
        ('<input type="image" src="a"><input type="text">', 1),
        ('<map><area href="b"><area></map>', 1),
        ('<object data="a.svg"><img src="a.png" alt="words"></object>', 0),
        ("<!-- <img> -->", 0),
    ],
)
def test_pictures_without_words_are_found(html, silent):
    assert len(alt_text.silent_pictures(html)) == silent


@pytest.mark.parametrize(
    "text,status",
    [
        ("![words](dot.svg)", 0),
        ("![](dot.svg)", 1),
        ("```{raw} html\n<svg></svg>\n```", 1),
        ("```{raw} html\n<svg aria-label='words'></svg>\n```", 0),
        ("Inline <svg><path/></svg> HTML.", 1),
        ("Inline <svg><title>words</title><path/></svg> HTML.", 0),
    ],
)
def test_a_picture_without_words_fails_the_build(tmp_path, text, status):
    site = Site(tmp_path, "alt_text")
    (tmp_path / "dot.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8")
    site.write(index=f"# Page\n\n{text}\n")
    assert site.build() == status, site.warnings
    assert ("Expected alternative text" in site.warnings) == bool(status)


@pytest.mark.slow
def test_a_failed_build_fails_again(tmp_path):
    site = Site(tmp_path, "fail_again")
    site.write(index="# Page\n\n{ref}`gone`\n")
    assert [site.build(), site.build()] == [1, 1]
    site.write(index="# Page\n")
    assert [site.build(), site.build()] == [0, 0]


def test_without_the_extension_a_repeated_build_hides_the_failure(tmp_path):
    """The day this fails, `fail_again` may go."""
    site = Site(tmp_path)
    site.write(index="# Page\n\n{ref}`gone`\n")
    assert [site.build(), site.build()] == [1, 0]


def test_the_hash_follows_package_records_lock_and_data(tmp_path):
    for folder in ("symtheory/book", "symtheory/__pycache__", "results", "data", "book"):
        (tmp_path / folder).mkdir(parents=True)
    data = str(tmp_path / "data")

    def hash_after(file: str, text: str) -> str:
        (tmp_path / file).write_text(text, encoding="utf-8")
        return execution_hash.folder_hash(tmp_path, data=data)

    hashes = [execution_hash.folder_hash(tmp_path, data=data)]
    hashes.append(hash_after("symtheory/book/a.py", "one"))
    hashes.append(hash_after("symtheory/book/a.py", "two"))
    hashes.append(hash_after("symtheory/b.py", "two"))
    hashes.append(hash_after("results/record.npz", "numbers"))
    hashes.append(hash_after("requirements.lock", "a==1"))
    hashes.append(hash_after("data/images", "pixels"))
    assert len(set(hashes)) == len(hashes)
    assert hash_after("symtheory/__pycache__/a.pyc", "bytes") == hashes[-1]
    assert hash_after("book/prose.md", "words") == hashes[-1]
    assert execution_hash.folder_hash(tmp_path) != hashes[-1]
    renamed = tmp_path / "symtheory" / "c.py"
    (tmp_path / "symtheory" / "b.py").rename(renamed)
    assert execution_hash.folder_hash(tmp_path, data=data) != hashes[-1]


@pytest.mark.slow
def test_old_caches_are_cleared_away(tmp_path):
    site = Site(tmp_path, "execution_hash", notebooks=True)
    site.write(index="# Page\n")
    (tmp_path / "symtheory").mkdir()
    for number in range(5):
        (tmp_path / "symtheory" / "module.py").write_text(f"{number}", encoding="utf-8")
        assert site.build() == 0, site.warnings
    caches = list((tmp_path / "_build" / ".jupyter_cache").iterdir())
    assert len(caches) == execution_hash.CACHES_KEPT


def test_mathjax_is_copied_and_pages_ask_for_nothing_else(tmp_path):
    site = Site(tmp_path, "sphinx.ext.mathjax", "offline")
    site.config["mathjax_path"] = "mathjax/tex-chtml.js"
    site.write(index="# Page\n\n```{math}\na = b\n```\n")
    assert site.build() == 0, site.warnings
    mathjax = site.out / "_static" / "mathjax"
    assert (mathjax / "tex-chtml.js").stat().st_size > 500_000
    assert list(mathjax.glob("output/chtml/fonts/woff-v2/*.woff"))
    assert sum(file.stat().st_size for file in mathjax.rglob("*")) < 3_000_000
    assert "_static/mathjax/tex-chtml.js" in site.page()
    assert 'src="http' not in site.page()


def test_the_icon_script_of_the_theme_is_taken_out():
    theme = Path(importlib.util.find_spec("pydata_sphinx_theme").origin).parent
    macros = (theme / "theme/pydata_sphinx_theme/static/webpack-macros.html").read_text("utf-8")
    assert "fontawesome.js" in macros
    mended = page_fixes.mend(macros)
    assert "fontawesome.js" not in mended
    assert mended.count("bootstrap.js") == macros.count("bootstrap.js")


def test_pages_are_mended_once_and_for_all(tmp_path):
    site = Site(tmp_path, "page_fixes")
    site.write(index='# Page\n\n```{raw} html\n<p>Of <span class="math">x</span>, y</p>\n```\n')
    assert site.build() == 0, site.warnings
    assert '<span class="st-together"><span class="math">x</span>,</span> y' in site.page()
    assert page_fixes.mend(site.page()) == site.page()


def test_a_formula_keeps_its_bracket():
    formula = '<span class="math">N</span>'
    mended = page_fixes.mend(f"without ({formula} = 0), {formula} or ({formula})")
    kept = '<span class="st-together">{}</span>'
    opened, both = kept.format(f"({formula}"), kept.format(f"({formula})")
    assert mended == f"without {opened} = 0), {formula} or {both}"
    assert page_fixes.mend(mended) == mended


def test_a_formula_that_introduces_a_symbol_keeps_its_comma():
    formula = '<span class="defines"><span class="math">K</span></span>'
    mended = page_fixes.mend(f"{formula}, which")
    assert mended == f'<span class="st-together">{formula},</span> which'
    assert page_fixes.mend(mended) == mended


@pytest.mark.parametrize(
    "computed,written",
    [
        ("6e-07", "6·10<sup>−7</sup>"),
        ("1e-13", "10<sup>−13</sup>"),
        ("-1e-13", "−10<sup>−13</sup>"),
        ("11e3", "11·10<sup>3</sup>"),
        ("1.5e+10 times", "1.5·10<sup>10</sup> times"),
        ("-0.25", "−0.25"),
        ("-3e-8", "−3·10<sup>−8</sup>"),
        ("2025-11-20 and 512-128", "2025-11-20 and 512-128"),
        ("1.22 / -1.07", "1.22 / −1.07"),
        ("cafe8e12", "cafe8e12"),
        ("0.049 ms", "0.049\N{NO-BREAK SPACE}ms"),
        ("7 min, 3 %", "7\N{NO-BREAK SPACE}min, 3\N{NO-BREAK SPACE}%"),
        ("2 seeds, 3 hours", "2 seeds, 3 hours"),
    ],
)
def test_computed_numbers_are_written_as_people_write_them(computed, written):
    frames = ('<span class="pasted-text">{}</span>', '<td class="x"><p>{}</p></td>', "<th>{}</th>")
    for frame in frames:
        assert page_fixes.mend(frame.format(computed)) == frame.format(written)
    mixed = '<td><p><span class="math">1e-3</span> {} <code>1e-3</code></p></td>'
    assert page_fixes.mend(mixed.format(computed)) == mixed.format(written)
    # Code and its output are as a computer writes them.
    assert page_fixes.mend(f"<pre>{computed}</pre>") == f"<pre>{computed}</pre>"


def test_no_line_breaks_between_a_number_and_how_far_off_it_may_be():
    number = '<span class="pasted-text">3.5</span>'
    mended = page_fixes.mend(f"{number} ± {number} %, 2 ±\n1, ± half")
    apart = "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}"
    assert mended == f"{number}{apart}{number}\N{NO-BREAK SPACE}%, 2{apart}1, ± half"


@pytest.mark.parametrize("unit", ["%", "ms", "s", "min", "MB"])
def test_no_line_breaks_between_a_number_and_its_unit(unit):
    number = '<span class="pasted-text">1.2</span>'
    mended = page_fixes.mend(f"by {number} {unit} or {number} some of it")
    assert mended == f"by {number}\N{NO-BREAK SPACE}{unit} or {number} some of it"
    assert page_fixes.mend(mended) == mended


def test_no_line_breaks_before_a_percent_sign_that_was_typed():
    sentence = "<p>It is <span>1</span> (95{}% interval, <em>n</em> = 7).</p><pre>95 % 7</pre>"
    mended = sentence.format("\N{NO-BREAK SPACE}")
    assert page_fixes.mend(sentence.format(" ")) == mended
    assert page_fixes.mend(sentence.format("\n")) == mended
    assert page_fixes.mend(mended) == mended


CELL = """<div class="cell docutils container">
<details class="hide above-input"><summary aria-label="Toggle hidden content">Show</summary>
<div class="cell_input docutils container"><pre>{code}</pre></div></details>
<div class="cell_output docutils container">{output}</div></div>"""
FIGURE = """<figure id="fig-one"><div class="st-figure"><svg viewBox="0 0 1 1"></svg>
<p class="st-provenance">Data: digits</p></div>
<figcaption><p><span class="caption-number">Fig. 1.1 </span>Words.</p></figcaption></figure>"""


def test_a_figure_has_one_control_for_its_code_and_its_provenance():
    page = BeautifulSoup(
        figure_source.fold(CELL.format(code="x = 1", output=FIGURE)), "html.parser"
    )
    (source,) = page.select("details")
    assert source.summary.get_text() == "How Fig. 1.1 is made"
    assert source.parent is page.figure and source.find_previous_sibling("figcaption")
    assert source.select_one(".st-provenance").get_text() == "Data: digits"
    assert source.pre.get_text() == "x = 1"


def test_drawings_are_moved_and_not_read():
    drawing = '<svg viewBox="0 0 1 1"><use xlink:href="#a"/><p class="st-provenance"></svg>'
    html = CELL.format(
        code="x = 1", output=FIGURE.replace("<figcaption>", f"{drawing}<figcaption>")
    )
    folded = figure_source.fold(html)
    assert drawing in folded
    assert '<svg viewBox="0 0 1 1"></svg>' in folded
    assert folded.count("<svg") == folded.count("</svg>") == 2


def test_a_figure_without_caption_or_code_has_its_control_too():
    bare = '<div class="cell"><div class="st-figure"><p class="st-provenance">Data</p></div></div>'
    page = BeautifulSoup(figure_source.fold(bare), "html.parser")
    assert page.select_one(".st-figure > details > summary").get_text() == "How this figure is made"


@pytest.mark.parametrize(
    "code,name",
    [
        ("def f(x):\n    y = 1\nA, b = 2, 3", "Code of f, A, b"),
        ("a = b = 1\nc = 2\nd = 3", "Code of a, b, c, …"),
        ("import a\n\nchapter = a.b()", "Imports and settings"),
        ("_hidden = 1", "Code"),
        ("%matplotlib inline", "Code"),
        ("f(1)", "Code"),
    ],
)
def test_folded_code_is_named_after_what_it_defines(code, name):
    page = BeautifulSoup(figure_source.fold(CELL.format(code=code, output="")), "html.parser")
    assert page.summary.get_text() == name
    assert not page.summary.has_attr("aria-label")


def test_a_page_without_cells_is_left_alone():
    assert figure_source.fold("<p>Text<br></p>") == "<p>Text<br></p>"


@pytest.mark.slow
def test_a_changed_style_sheet_is_copied_without_reading_a_page(tmp_path):
    site = Site(tmp_path, "static_changes")
    site.config["html_static_path"] = ["look"]
    (tmp_path / "look").mkdir()
    style = tmp_path / "look" / "own.css"
    site.write(index="# Page\n")
    for color in ("red", "blue"):
        style.write_text(color, encoding="utf-8")
        assert site.build() == 0, site.warnings
        assert (site.out / "_static" / "own.css").read_text(encoding="utf-8") == color
    doctree = site.out.parent / ".doctrees" / "index.doctree"
    read = doctree.stat().st_mtime_ns
    style.write_text("green", encoding="utf-8")
    assert site.build() == 0
    assert doctree.stat().st_mtime_ns == read


def test_each_page_is_described_by_its_first_paragraph(tmp_path):
    site = Site(tmp_path, "page_description")
    site.write(
        index="# Page\n\n```{note}\nNot this.\n```\n\nNor {math}`x`.\n\nThis & that.\n\nNot it.\n"
    )
    assert site.build() == 0, site.warnings
    assert '<meta name="description" content="This &amp; that." />' in site.page()


def test_a_page_keeps_its_own_description(tmp_path):
    site = Site(tmp_path, "page_description")
    site.write(index='---\nmyst:\n  html_meta:\n    description: "Own."\n---\n# Page\n\nText.\n')
    assert site.build() == 0, site.warnings
    assert site.page().count('name="description"') == 1
    assert "Own." in site.page()


def test_a_long_paragraph_is_cut():
    document = nodes.document(None, None)
    document += nodes.paragraph("", "word " * 100)
    assert len(page_description.describe(document)) <= page_description.LENGTH


def test_docstrings_are_read_as_plain_text():
    line = "Shape (m|G|, *item), ``a|b*c`` and `orbit`."
    expected = "Shape (m\\|G\\|, \\*item), ``a|b*c`` and ``orbit``."
    assert plain_docstrings.escape(line) == expected


def test_what_is_returned_may_have_a_colon():
    lines = "Rows.\n\nReturns:\n    Shape (m, n): a row for each\n    item.".splitlines()
    plain_docstrings.process(None, "function", "rows", None, None, lines)
    lines = GoogleDocstring(lines, Config(napoleon_use_rtype=False)).lines()
    plain_docstrings.restore(None, "function", "rows", None, None, lines)
    assert lines[2:4] == [":returns: Shape (m, n): a row for each", "          item."]


WORDS = """# Glossary

:::{glossary}
spectral error
  What the theory predicts. → {doc}`../notebooks/spectral`

error (of a prediction)
  How far it is off. → {doc}`../notebooks/orbits`

noise
  What is left open. → {doc}`../notebooks/orbits`
:::
"""


@pytest.fixture
def site_with_words(tmp_path):
    site = Site(tmp_path, "glossary_links")
    site.config["myst_enable_extensions"] = ["colon_fence"]
    for folder in ("book", "notebooks", "notebooks/labs"):
        (tmp_path / folder).mkdir()
    site.write(
        **{
            "index": "# Book\n\nThe spectral error.\n\n```{toctree}\nbook/glossary\n"
            "notebooks/orbits\nnotebooks/spectral\nnotebooks/labs/sgd\n```\n",
            "book/glossary": WORDS,
            "notebooks/orbits": "# Spectral errors\n\n**Spectral errors**, `error`: errors and "
            "spectral errors, [an error](../index.md). A spectral error.\n",
            "notebooks/spectral": "# Theory\n\nOf standard errors it says nothing. "
            "The spectral error is an error.\n",
            "notebooks/labs/sgd": "# Lab\n\nThe noise of training, and its error.\n",
        }
    )
    assert site.build() == 0, site.warnings
    return site


def test_the_first_mention_of_a_term_leads_to_the_glossary(site_with_words):
    page = BeautifulSoup(site_with_words.page("notebooks/orbits"), "html.parser")
    (link,) = page.select("a.st-term")
    assert link.get_text() == "spectral errors"
    assert link["href"] == "../book/glossary.html#term-spectral-error"
    assert link["title"] == "What the theory predicts."


def test_a_term_is_not_linked_where_it_is_at_home(site_with_words):
    page = BeautifulSoup(site_with_words.page("notebooks/spectral"), "html.parser")
    assert [link.get_text() for link in page.select("a.st-term")] == ["error"]
    assert "st-term" not in site_with_words.page("index")
    assert "Of standard errors it says nothing. The spectral error is an error." in page.get_text()


def test_what_means_something_else_in_a_lab_is_not_linked_there(site_with_words):
    page = BeautifulSoup(site_with_words.page("notebooks/labs/sgd"), "html.parser")
    assert [link.get_text() for link in page.select("a.st-term")] == ["error"]


def test_a_verb_is_not_linked_as_the_noun_that_the_glossary_has():
    term = glossary_links.Term("spread", "term-spread", "Of an orbit.", "")
    paragraph = nodes.paragraph()
    paragraph += nodes.Text("Spread over all irreps, spread as evenly as can be, by the spread R.")
    assert glossary_links.link_in(paragraph[0], [term], "glossary.html") == []
    _, link, after = paragraph
    assert (link.astext(), after.astext()) == ("spread", " R.")


def test_a_formula_that_a_tip_cannot_show_is_one_clear_error():
    assert glossary_links.characters(r"\lambda_N") == "λ_N"
    with pytest.raises(
        ValueError, match="Expected formulas in book/glossary.*Try the same in words"
    ):
        glossary_links.characters(r"\frac{1}{N}")


def test_the_search_knows_where_a_term_is_at_home(site_with_words):
    script = (site_with_words.out / "_static/language_data.js").read_text(encoding="utf-8")
    assert '"spectral error": "notebooks/spectral", "error": "notebooks/orbits"' in script


TIMED = """# Chapter

It takes {reading-time}`minutes`.

"""


def reading_time(tmp_path, text: str) -> str:
    site = Site(tmp_path, "reading_time", "self_check")
    site.config["myst_enable_extensions"] = ["dollarmath", "tasklist"]
    site.write(index=TIMED + text)
    assert site.build() == 0, site.warnings
    return re.search(r"It takes (.*?)\.</p>", site.page())[1]


@pytest.mark.parametrize(
    "text,time",
    [
        ("", "5 minutes"),
        ("word " * 1400, "10 minutes"),
        ("word " * 1600, "15 minutes"),
        ("$$\na = b\n$$\n\n" * 20, "10 minutes"),
        ("```python\n" + "x = 1\n" * 120 + "```\n", "10 minutes"),
        (
            "```{admonition} Proof\n:class: dropdown\n" + "word " * 1400 + "\n```\n",
            "5 minutes, 10 with proofs, exercises and code",
        ),
        (
            "```{self-check}\nIs it?\n\n- [ ] No.\n\n  "
            + "word " * 1400
            + "\n\n- [x] Yes.\n\n  It is.\n```\n",
            "5 minutes, 10 with proofs, exercises and code",
        ),
    ],
)
def test_reading_times_follow_from_what_is_on_the_page(tmp_path, text, time):
    assert reading_time(tmp_path, text) == time


TABLE = """# Notation

| symbol | meaning | introduced in |
|---|---|---|
| $K$, $K_r$ | Gram matrix; with the ridge | {doc}`../notebooks/kernels` |
| $\\hat y$ | prediction | {doc}`../notebooks/kernels` |
| $\\rho$ | irrep | {doc}`../notebooks/groups` |

[$K$]{.shared} without an index, and with one.
"""
KERNELS = """# Kernels

A matrix [$K$]{.defines}, [$K_r = K + rI$]{.defines}, and [$\\hat  y$]{.defines}.
"""
GROUPS = "# Groups\n\nIrreps [$\\rho: G \\to U$]{.defines}, and $\\rho$ again.\n"


def notation(tmp_path, table: str = TABLE, kernels: str = KERNELS, groups: str = GROUPS) -> Site:
    """A book of two chapters and their table of notation."""
    site = Site(tmp_path, "symbols")
    site.config["myst_enable_extensions"] = ["dollarmath", "attrs_inline"]
    for folder in ("book", "notebooks"):
        (tmp_path / folder).mkdir(exist_ok=True)
    index = "# Book\n\n```{toctree}\nbook/notation\nnotebooks/kernels\nnotebooks/groups\n```\n"
    pages = {"book/notation": table, "notebooks/kernels": kernels, "notebooks/groups": groups}
    site.write(index=index, **pages)
    return site


def test_a_table_of_notation_that_is_true_passes(tmp_path):
    site = notation(tmp_path)
    assert site.build() == 0, site.warnings


@pytest.mark.slow
@pytest.mark.parametrize(
    "page,old,new,complaint",
    [
        ("groups", "again", "[$K$]{.defines}", "Got $K$ twice"),
        ("kernels", "and [$", "[$x \\in X$]{.defines}, and [$", "Got none for $x$"),
        ("groups", ".defines", ".class-a", "a definition of $\\rho$"),
        ("table", "groups`", "kernels`", "a row that leads to notebooks/groups"),
        ("table", "[$K$]{.shared}", "$K$", "Got $K$, $K_r$"),
        ("table", "[$K$]{.shared}", "[$K$]{.shared}, [$r$]{.shared}", "Got $r$, which no two"),
        ("table", "$\\rho$", "$\\rho$, $K$", "Got 2 for $K$"),
    ],
)
def test_a_table_of_notation_that_is_false_fails_the_build(tmp_path, page, old, new, complaint):
    """Also if it was true before: only the page that changes is read again."""
    pages = {"table": TABLE, "kernels": KERNELS, "groups": GROUPS}
    assert notation(tmp_path).build() == 0
    assert old in pages[page]
    site = notation(tmp_path, **pages | {page: pages[page].replace(old, new)})
    assert site.build() == 1
    assert complaint in site.warnings


@pytest.mark.parametrize(
    "formula,symbol,letter",
    [
        ("K_r = K + rI", "K_r", "K"),
        ("k(x, x')", "k(x,x')", "k"),
        ("x'", "x'", "x'"),
        (r"\hat\kappa_{ij}(\chi)", r"\hat\kappa_{ij}(\chi)", r"\hat\kappa"),
        (r"\bar  k", r"\bar k", r"\bar k"),
        (r"\operatorname{Att}(x)", r"\operatorname{Att}(x)", r"\operatorname{Att}"),
        (r"\chi: G \to \mathbb{C}", r"\chi", r"\chi"),
        (r"r \ge 0", "r", "r"),
        (r"y \in \mathbb{R}^n", "y", "y"),
        ("[G:Q]", "[G:Q]", ""),
        (r"\lvert G \rvert", "|G|", ""),
        (r"\langle\lambda^{-1}\rangle", r"\langle\lambda^{-1}\rangle", ""),
    ],
)
def test_a_symbol_is_read_off_the_formula_that_introduces_it(formula, symbol, letter):
    assert symbols.symbol_of(formula) == symbol
    assert symbols.letter_of(symbol) == letter


QUESTION = """# Page

````{self-check}
What is $2 + 2$?

- [ ] *Five*.

  One too many.

- [x] Four, {eq}`eq-one`.

  Count on your fingers.

  Twice.
````

"""


@pytest.fixture
def asking_site(tmp_path):
    site = Site(tmp_path, "self_check")
    site.config["myst_enable_extensions"] = ["dollarmath", "tasklist"]
    return site


def test_answers_are_folds_that_say_why(asking_site):
    asking_site.write(index=QUESTION + EQUATION)
    assert asking_site.build() == 0, asking_site.warnings
    box = BeautifulSoup(asking_site.page(), "html.parser").find(class_="self-check")
    assert "What is" in box.find("p").text
    folds = box.find_all("details")
    assert [fold.summary.text.strip() for fold in folds] == ["Five.", "Four, (1)."]
    assert [fold["class"][1] for fold in folds] == ["wrong", "right"]
    assert [fold.p.text for fold in folds] == [
        f"{self_check.WRONG} One too many.",
        f"{self_check.RIGHT} Count on your fingers.",
    ]
    assert folds[1].find_all("p")[1].text == "Twice."
    assert box.find("input") is None


@pytest.mark.parametrize(
    "change",
    [
        ("- [x]", "- [ ]"),
        ("- [ ]", "- [x]"),
        ("- [ ]", "-"),
        ("  One too many.\n", ""),
        ("What is $2 + 2$?\n", ""),
        (QUESTION[QUESTION.index("- [ ]") : QUESTION.index("- [x]")], ""),
        (QUESTION[QUESTION.index("- [ ]") : QUESTION.rindex("````")], ""),
        (QUESTION[QUESTION.index("What") : QUESTION.rindex("````")], ""),
    ],
    ids=["none", "two", "unmarked", "no-reason", "no-question", "one-answer", "no-answer", "empty"],
)
def test_a_question_without_its_parts_fails_the_build(asking_site, change):
    asking_site.write(index=QUESTION.replace(*change) + EQUATION)
    assert asking_site.build() != 0
    assert "Expected" in asking_site.warnings
    assert "Try '- [x] answer'" in asking_site.warnings


def test_an_error_is_reported_from_where_it_stands():
    head = "<script>DOCUMENTATION_OPTIONS.pagename = 'notebooks/x';</script>"
    title = (
        '<h2><span class="section-number">1.2. </span>Gaps &amp; <em>arcs</em>'
        '<a class="headerlink" href="#gaps" title="Link">#</a></h2>'
    )
    page = errata.add_links(head + title, repository="https://example.org/r")
    assert page.startswith(head + title)
    link = BeautifulSoup(page, "html.parser").find(class_="st-report")
    assert link["aria-label"] == "Report an error in 1.2. Gaps & arcs"
    address = urlsplit(link["href"])
    asked = parse_qs(address.query)
    assert address.geturl().startswith("https://example.org/r/issues/new?")
    assert asked["title"] == ["Error in “1.2. Gaps & arcs”"]
    assert asked["body"][0].startswith(f"notebooks/x#gaps, version {version('symtheory')}\n")
    assert errata.add_links(page, repository="https://example.org/r") == page
    # What is made without a text has no sections to report.
    assert errata.add_links(title, repository="https://example.org/r") == title


def test_each_page_names_its_version(tmp_path):
    site = Site(tmp_path, "errata")
    site.config |= {"html_theme": "sphinx_book_theme", "html_theme_options": {}}
    site.write(index="# Page\n\n## Part\n\nText.\n")
    assert site.build() == 0, site.warnings
    assert f"Version {version('symtheory')}." in site.page()
    assert site.page().count('class="st-report"') == 1
    # The one at the heading is seen by who points at it; this one by all.
    links = BeautifulSoup(site.page(), "html.parser").select("footer a[href*='/issues/new?']")
    assert [link.get_text() for link in links] == ["Report an error on this page"]
    asked = parse_qs(urlsplit(links[0]["href"]).query)
    assert asked["title"] == ["Error in “Page”"]
    assert asked["body"][0].startswith(f"index, version {version('symtheory')}\n")
    assert errata.add_links(site.page(), repository="") == site.page()


GUESS = """# Page

````{guess}
:answer: '{eq}`eq-one`'
:from: -1
:to: 3
:unit: '%'

How many are $2 + 2$?
````

{after}"""
FIGURE_CELL = """<div class="cell"><div class="cell_input">code</div></div>
<div class="cell"><div class="cell_input">code</div><div class="cell_output">
<figure id="fig-one"><svg></svg></figure></div></div><p>More.</p>"""


def test_a_guess_has_a_slider_and_an_answer_to_open(tmp_path):
    site = Site(tmp_path, "guess")
    site.config["myst_enable_extensions"] = ["dollarmath"]
    site.write(index=GUESS.replace("{after}", "It is four.\n\n") + EQUATION)
    assert site.build() == 0, site.warnings
    form = BeautifulSoup(site.page(), "html.parser").find("form", class_="guess")
    assert "How many are" in form.p.text
    slider = form.find("input")
    assert [slider[name] for name in ("min", "max", "step", "value")] == ["-1", "3", "0.04", "0"]
    assert slider["aria-label"]
    assert form.details.p.text == "It is (1)\N{NO-BREAK SPACE}%."
    assert form["data-unit"] == "%"
    cover = form.find_next_sibling()
    assert cover.name == "guess-cover" and cover["for"] == form["id"]
    assert cover["data-name"] == "The answer" and cover.p.text == "It is four."


WORKS = """
@article{b, author={Berg, Ann and Cole, Ed}, title={Beta}, year={2020}}
@article{a, author={Berg, Ann and Cole, Ed}, title={alpha}, year={2020}}
@article{c, author={Berg, Ann}, title={Gamma}, year={2020}}
@article{d, author={Berg, Ann and Cole, Ed}, title={Delta}, year={2021}}
@article{e, author={van der Wal, Jo and Cole, Ed and Berg, Ann}, title={Two}, year={2019}}
@article{f, author={van der Wal, Jo and Dent, Al and Berg, Ann}, title={One}, year={2019}}
"""


def test_works_that_the_text_would_call_the_same_have_letters():
    entries = parse_string(WORKS, "bibtex").entries
    for _ in range(2):  # the second build finds them with letters
        citations.tell_apart(entries)
        years = {key: entry.fields["year"] for key, entry in entries.items()}
        assert years == {
            "a": "2020a",
            "b": "2020b",
            "c": "2020",
            "d": "2021",
            "e": "2019b",
            "f": "2019a",
        }


def test_works_without_a_year_or_a_title_stay_as_they_are():
    works = "@misc{a, author={Berg, Ann}}\n@misc{b, author={Berg, Ann}, title={Two}}"
    entries = parse_string(works, "bibtex").entries
    citations.tell_apart(entries)
    assert not any("year" in entry.fields for entry in entries.values())


MEMBERS = """<section><h2>Room</h2><p>What it is for.</p>
<dl class="py class"><dt id="p.room.One"></dt>
<dd><dl class="py method"><dt id="p.room.One.m"></dt></dl></dd></dl>
<dl class="py function"><dt id="p.room.two"></dt><dd>Twice.</dd></dl>
<p>More.</p><dl class="py function"><dt id="p.room.three"></dt></dl></section>"""


def test_descriptions_are_folded_behind_their_names():
    page = BeautifulSoup(folded_members.fold(MEMBERS), "html.parser")
    names = [[link["href"] for link in line("a")] for line in page.select("p.st-members")]
    assert names == [["#p.room.One", "#p.room.two"], ["#p.room.three"]]
    folds = page.select("section > details")
    assert [fold.find_previous_sibling().name for fold in folds] == ["p", "p"]
    inside = [[part["id"] for part in fold.select("[id]")] for fold in folds]
    assert inside == [["p.room.One", "p.room.One.m", "p.room.two"], ["p.room.three"]]
    # Nothing else has moved.
    assert [part.name for part in page.section.find_all(recursive=False)] == [
        *("h2", "p", "p", "details"),
        *("p", "p", "details"),
    ]
    assert folded_members.fold("<p>No code.</p>") == "<p>No code.</p>"


@pytest.mark.parametrize(
    "least,most,step,truth,start",
    [
        (0, 100, 1, "0", "50"),
        (0, 100, 1, "47", "25"),
        (0, 100, 1, "56", "50"),
        (1, 12, 1, "7", "4"),
        (-10, 2, 0.1, "\N{MINUS SIGN}4", "-7"),
        (-1, 1, 0.02, "\N{MINUS SIGN}0.82", "0"),
        (0, 3, 0.03, "many", "1.5"),
    ],
)
def test_a_guess_does_not_start_on_the_answer(least, most, step, truth, start):
    html, _ = guess.cover(
        f'<form class="guess"><input min="{least}" max="{most}" step="{step}"/>'
        f'<strong class="guess-truth">{truth}</strong></form><p>It is so.</p>'
    )
    slider = BeautifulSoup(html, "html.parser").find("input")
    assert slider["value"] == start
    # Where the slider can stand, so that the browser leaves it there.
    steps = (float(start) - least) / step
    assert steps == pytest.approx(round(steps))


@pytest.mark.parametrize("count", [1, 2])
def test_guesses_of_a_page_have_names_of_their_own(count):
    form = '<form class="guess" aria-label="Guess first"></form><p>It is so.</p>'
    html, _ = guess.cover(f"<section>{form * count}</section>")
    forms = BeautifulSoup(html, "html.parser").select("form")
    names = [form["aria-label"] for form in forms]
    assert len(set(names)) == count
    assert all(name.startswith("Guess first") for name in names)


@pytest.mark.parametrize(
    "after,covered,name",
    [
        (FIGURE_CELL, '<div class="cell_output">', "The figure"),
        (
            '<div class="scrolls"><table></table></div><p>More.</p>',
            '<div class="scrolls">',
            "The table",
        ),
        ("<p>One.</p><figure></figure>", "<p>", "The answer"),
        ("<h2>Next</h2><p>One.</p>", None, None),
        ('<div class="cell"><div class="cell_input">code</div></div>', None, None),
    ],
)
def test_what_follows_a_guess_is_covered(after, covered, name):
    html, bare = guess.cover(
        f'<section><form class="guess"><p>How many?</p></form>{after}</section>'
    )
    cover = BeautifulSoup(html, "html.parser").find("guess-cover")
    assert bare == ([] if covered else ["How many?"])
    if covered is None:
        assert cover is None
    else:
        assert str(cover.find(True)).startswith(covered)
        assert cover["data-name"] == name
        assert cover["for"] == "guess-0"


def test_a_guess_with_nothing_to_cover_fails_the_build(tmp_path):
    site = Site(tmp_path, "guess")
    site.config["myst_enable_extensions"] = ["dollarmath"]
    site.write(index=GUESS.replace("{after}", "## Next\n\nText.\n\n") + EQUATION)
    assert site.build() != 0
    assert "Expected a figure, a table or a paragraph after a guess" in site.warnings


@pytest.mark.parametrize(
    "change",
    [
        (":to: 3\n", ""),
        (":to: 3", ":to: -1"),
        ("How many are $2 + 2$?", ""),
        (":answer: '{eq}`eq-one`'\n", ""),
    ],
)
def test_a_guess_without_question_or_slider_fails_the_build(tmp_path, change):
    site = Site(tmp_path, "guess")
    site.write(index=GUESS.replace("{after}", "It is four.\n\n").replace(*change) + EQUATION)
    assert site.build() != 0
    assert "Expected a question, its answer, and a slider" in site.warnings


@pytest.mark.parametrize("step", ["0", "-1", "5", "nan"])
def test_a_slider_that_cannot_step_fails_the_build(tmp_path, step):
    site = Site(tmp_path, "guess")
    stepped = GUESS.replace(":to: 3", f":to: 3\n:step: {step}")
    site.write(index=stepped.replace("{after}", "It is four.\n\n") + EQUATION)
    assert site.build() != 0
    assert "Expected a positive step within -1 to 3" in site.warnings
