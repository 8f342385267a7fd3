"""What pages say to those who hear them, and the icons that they keep."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

import icon_fonts
import spoken
from bs4 import BeautifulSoup
from fontTools.ttLib import TTFont
from glossary_links import characters

PAGE = """
<div id="pst-primary-sidebar" class="bd-sidebar"></div>
<h1>Page</h1><h2>Section</h2>
<div class="proof admonition"><p class="admonition-title">Theorem 1</p></div>
<details><summary class="s"><p class="admonition-title">Code of it</p></summary></details>
<h3>Part</h3><div class="admonition"><p class="admonition-title">Takeaway</p></div>
<div class="highlight"><pre>a = 1</pre></div>
<svg aria-label="Errors of 0.1." class="st-wide" role="img"><text>error</text></svg>
<svg class="st-narrow" role="img" aria-label="Errors of 0.1."><text>error</text></svg>
<table><thead><tr><th class="head"><p></p></th><th>N = 2</th></tr></thead>
<tbody><tr><td class="l">exact</td><td>0.1</td></tr><tr><td><p></p></td><td>2</td></tr></tbody>
</table>
<div class="citation" role="doc-biblioentry">Serre</div>
"""


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    return BeautifulSoup(spoken.mend(PAGE), "html.parser")


def test_titles_of_boxes_are_headings_below_their_section(page):
    titles = {title.text: title.get("aria-level") for title in page.select(".admonition-title")}
    assert titles == {"Theorem 1": "3", "Code of it": None, "Takeaway": "4"}
    assert [p.text for p in page.select("p[role=heading]")] == ["Theorem 1", "Takeaway"]


def test_the_labels_of_a_drawing_are_not_heard_beside_its_text(page):
    for drawing in page.select("svg"):
        (inside,) = drawing.find_all(recursive=False)
        assert inside.name == "g" and inside["aria-hidden"] == "true"
        assert inside.find("text").text == "error"


def test_a_table_says_what_heads_its_rows_and_columns(page):
    corner, column = page.select("thead tr > *")
    assert corner.name == "td"
    assert (column.name, column["scope"]) == ("th", "col")
    assert [cell.text for cell in page.select("td[role=rowheader]")] == ["exact"]


def test_the_rest_has_its_roles(page):
    assert page.select_one("#pst-primary-sidebar")["role"] == "region"
    assert page.select_one("pre")["role"] == "code"
    assert page.select_one(".citation")["role"] == "listitem"


def test_a_page_is_mended_once_and_for_all():
    assert spoken.mend(spoken.mend(PAGE)) == spoken.mend(PAGE) != PAGE


@pytest.mark.parametrize(
    "tex,words",
    [
        (r"1 - y\hat y", "1 - yy\N{COMBINING CIRCUMFLEX ACCENT}"),
        (r"\lvert y\rvert", "|y|"),
        (r"1/\langle\lambda^{-1}\rangle", "1/⟨λ⁻¹⟩"),
        (r"\chi(gh) = \Delta", "χ(gh) = Δ"),
    ],
)
def test_a_tip_holds_no_tex(tex, words):
    assert characters(tex) == words


def test_icons_that_no_page_shows_are_cut(tmp_path):
    theme = Path(importlib.util.find_spec("pydata_sphinx_theme").origin).parent
    static = theme.joinpath(*icon_fonts.THEME)
    whole = (static / icon_fonts.SHEET).read_text(encoding="utf-8")
    sheet, numbers = icon_fonts.cut_sheet(
        whole, icon_fonts.names_on('<i class="fas fa-rocket"></i><p>fa-house</p>')
    )
    assert numbers == {0xF135}
    assert ".fa-rocket:before" in sheet and ".fa-house:before" not in sheet
    assert "woff2" not in sheet and sheet.count('format("woff")') == 3
    assert ".bd-sidebar-primary" in sheet and len(sheet) < 0.8 * len(whole)
    font = static / icon_fonts.FONTS / "fa-solid-900.ttf"
    for name in ("one", "other"):
        icon_fonts.cut_font(font, tmp_path / name, numbers)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()
    assert (tmp_path / "one").stat().st_size < 2000 < font.stat().st_size
    assert set(TTFont(tmp_path / "one").getBestCmap()) == numbers


def test_the_check_of_what_pages_say_notices_what_is_wrong():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine: the check is tested where it runs")
    done = subprocess.run(
        [node, "--test", str(Path(__file__).with_name("spoken.test.mjs"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# fail 0" in done.stdout and "# tests 0" not in done.stdout
