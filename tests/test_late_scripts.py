"""Which scripts of a page wait until it can be read, on a small site with the book's theme."""

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

from bs4 import BeautifulSoup
from late_scripts import AT_ONCE
from small_site import Site

pytestmark = pytest.mark.filterwarnings("ignore")


SAID = {"async": "async", "fetchpriority": "high"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page with the scripts of the book, in an order that would stop it."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "static").mkdir()
    (folder / "static" / "mathjax").mkdir()
    for name in ("pages.js", "guess.js", "cards.js", "explorers.js", "mathjax/tex-chtml.js"):
        (folder / "static" / name).write_text("", encoding="utf-8")
    site = Site(folder, "sphinx.ext.mathjax", "late_scripts", "page_fixes")
    site.config |= {
        "html_theme": "sphinx_book_theme",
        "html_static_path": ["static"],
        "html_js_files": ["pages.js", "guess.js", "cards.js", ("explorers.js", dict(SAID))],
        "mathjax_path": "mathjax/tex-chtml.js",
        "myst_enable_extensions": ["dollarmath"],
    }
    site.write(index="# A page\n\nText, and $x^2$.\n")
    assert site.build() == 0, site.warnings
    return site


def scripts(site, page):
    """The scripts that the head of a page loads, by their names, in order."""
    head = BeautifulSoup(site.page(page), "html.parser").head
    found = head.find_all("script", src=True)
    return {one["src"].rpartition("/")[2].partition("?")[0]: one.attrs for one in found}


def test_all_wait_but_those_that_say_how_a_page_looks(site):
    found = scripts(site, "index")
    assert {"doctools.js", "cards.js", "explorers.js", *AT_ONCE} <= set(found)
    at_once = {name for name, said in found.items() if not {"defer", "async"} & set(said)}
    assert at_once == set(AT_ONCE)


def test_one_that_says_itself_when_it_comes_keeps_what_it_says(site):
    assert SAID.items() <= scripts(site, "index")["explorers.js"].items()


def test_mathjax_is_fetched_but_not_run(site):
    assert "tex-chtml.js" not in scripts(site, "index")
    fetched = BeautifulSoup(site.page("index"), "html.parser").head.find("link", id="mathjax")
    assert (fetched["rel"], fetched["as"]) == (["preload"], "script")
    assert fetched["href"].partition("?")[0] == "_static/mathjax/tex-chtml.js"


def test_only_the_page_that_searches_loads_the_index(site):
    search = {"searchtools.js", "language_data.js", "searchindex.js"}
    assert not search & set(scripts(site, "index"))
    found = scripts(site, "search")
    assert search <= set(found)
    # Its own scripts call those of the others as they are read.
    assert "defer" not in found["doctools.js"]
