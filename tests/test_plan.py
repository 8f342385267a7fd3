"""What a course is planned with: the table and the picture of the chapters."""

from dataclasses import replace

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

from bs4 import BeautifulSoup
from plan.chapters import Chapter
from plan.graph import direct, draw, layers
from small_site import Site

pytestmark = pytest.mark.filterwarnings("ignore")


def chapter(name, *needs):
    return Chapter(f"notebooks/{name}", "1", name, needs, (5, 10), 2.0, (5, 10))


A, B = chapter("a"), chapter("b", "notebooks/a")
C = chapter("c", "notebooks/a", "notebooks/b", "book/else")


def test_chapters_stand_below_those_that_they_assume():
    assert layers([A, C, B]) == [[A], [B], [C]]
    assert layers([A, B, replace(C, needs=())]) == [[A, replace(C, needs=())], [B]]


def test_what_follows_from_other_arrows_has_none():
    assert direct([A, B, C]) == [("notebooks/a", "notebooks/b"), ("notebooks/b", "notebooks/c")]


def test_chapters_that_assume_each_other_are_an_error():
    with pytest.raises(ValueError, match="Expected chapters that build on each other.*Try"):
        layers([replace(A, needs=("notebooks/c",)), B, C])


def test_the_picture_links_every_chapter_within_its_frame():
    picture = BeautifulSoup(draw([A, B, C], lambda one: f"{one.docname}.html"), "html.parser").svg
    assert [link["href"] for link in picture.find_all("a")] == [
        f"notebooks/{name}.html" for name in "abc"
    ]
    assert len(picture.find_all("path")) == 2
    _, _, width, height = map(float, picture["viewbox"].split())
    for box in picture.find_all("rect"):
        assert 0 <= float(box["x"]) <= width - float(box["width"])
        assert 0 <= float(box["y"]) <= height - float(box["height"])


FIRST = """# What is first?

**Assumed:** nothing. **Reading:** {reading-time}`minutes`. **Running:** 3 s.

````{exercise} One
*5 minutes · easy.* Why?
````

````{exercise} Two
*10 minutes · harder.* Why not?
````
"""
SECOND = """# What is second?

**Assumed:** {doc}`first`; {doc}`../index` helps.
**Reading:** {reading-time}`minutes`. **Running:** 2 s.
"""
INDEX = """# Site

```{chapter-plan}
```

```{chapter-graph}
```

```{toctree}
:numbered:
notebooks/first
notebooks/second
```
"""


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path, "sphinx_exercise", "reading_time", "plan")
    (tmp_path / "notebooks").mkdir()
    site.write(index=INDEX, **{"notebooks/first": FIRST, "notebooks/second": SECOND})
    return site


def test_the_table_says_what_chapters_say(site):
    assert site.build() == 0, site.warnings
    page = BeautifulSoup(site.page(), "html.parser")
    rows = [[cell.text.strip() for cell in row.find_all("td")] for row in page.table.tbody("tr")]
    assert rows == [
        ["1. first", "", "5", "5", "3", "2 in 15"],
        ["2. second", "1", "5", "5", "2", "0 in 0"],
    ]
    assert page.table.find("a")["href"] == "notebooks/first.html"
    # A chapter that changes changes the table.
    (site.source / "notebooks" / "second.md").write_text(SECOND.replace("2 s", "7 s"), "utf-8")
    assert site.build() == 0, site.warnings
    page = BeautifulSoup(site.page(), "html.parser")
    assert page.table.tbody("tr")[1]("td")[4].text.strip() == "7"


def test_a_chapter_that_does_not_say_what_it_takes_fails_the_build(site):
    site.write(**{"notebooks/second": "# What is second?\n"})
    with pytest.raises(Exception, match=r"Expected a line .* Got none in notebooks/second. Try"):
        site.build()
