"""What a course is planned with: the table and the picture of the chapters."""

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

from bs4 import BeautifulSoup
from docutils.core import publish_doctree
from plan.chapters import Chapter, short_name
from plan.graph import direct, draw, layers
from plan.layout import crossings, untangle
from small_site import Site

pytestmark = pytest.mark.filterwarnings("ignore")


def chapter(name, *needs):
    return Chapter(f"notebooks/{name}", "1", name, name, needs, (5, 10), 2.0, (5, 10))


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


def test_no_line_runs_behind_a_box():
    # Two lines pass rows in which boxes stand where they would go straight.
    d = chapter("d", "notebooks/b")
    beside = [replace(A, docname=f"notebooks/{name}") for name in "efgh"]
    late = [chapter("x", "notebooks/d", "notebooks/e"), chapter("y", "notebooks/d", "notebooks/h")]
    under = [chapter(f"u{k}", "notebooks/a") for k in range(3)]
    picture = BeautifulSoup(draw([A, *beside, B, *under, d, *late], lambda _: ""), "html.parser")
    boxes = [
        [float(box[name]) for name in ("x", "y", "width", "height")]
        for box in picture.find_all("rect")
    ]
    lines = [drawn_points(path["d"]) for path in picture.find_all("path")]
    assert len(lines) == 9
    for x, y in np.concatenate(lines):
        assert not any(
            left + 1 < x < left + wide - 1 and top + 1 < y < top + high - 1
            for left, top, wide, high in boxes
        )
    for one, two in combinations(boxes, 2):
        assert abs(one[0] - two[0]) >= one[2] or one[1] != two[1]


def drawn_points(path):
    """Points along a path of cubic curves and upright lines."""
    points, at = [], None
    for command, numbers in re.findall(r"([MCV])([-\d. ]+)", path):
        values = np.array(numbers.split(), float)
        if command == "M":
            at = values
        elif command == "V":
            points += [[at[0], y] for y in np.linspace(at[1], values[0], 20)]
            at = np.array([at[0], values[0]])
        else:
            p, q, r = values.reshape(3, 2)
            t = np.linspace(0, 1, 40)[:, None]
            s = 1 - t
            points += [*(s**3 * at + 3 * s**2 * t * p + 3 * s * t**2 * q + t**3 * r)]
            at = r
    return np.array(points)


def test_rows_are_put_in_an_order_with_few_crossings():
    above, below = list("abcd"), list("wxyz")
    steps = [("a", "z"), ("b", "y"), ("c", "x"), ("d", "w"), ("a", "y")]
    assert crossings([above, below], steps) == 8
    assert crossings(untangle([above, below], steps), steps) == 0


@pytest.mark.parametrize(
    "text,name",
    [
        ("A PAC-Bayes bound.\n\nPAC-Bayes it is: ``pac bayes``.", "PAC-Bayes"),
        ("Pac bayes begins a sentence.", "pac bayes"),
        ("See x-pac-bayes and nothing else.", "pac bayes"),
    ],
)
def test_a_chapter_is_called_what_its_sentences_call_it(text, name):
    assert short_name("notebooks/labs/pac_bayes", publish_doctree(text)) == name


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
        ["1. first", "", "5", "3", "2 in 15"],
        ["2. second", "1", "5", "2", "0 in 0"],
    ]
    assert page.table.find("a")["href"] == "notebooks/first.html"
    # A chapter that changes changes the table.
    (site.source / "notebooks" / "second.md").write_text(SECOND.replace("2 s", "7 s"), "utf-8")
    assert site.build() == 0, site.warnings
    page = BeautifulSoup(site.page(), "html.parser")
    assert page.table.tbody("tr")[1]("td")[3].text.strip() == "7"


def test_a_chapter_that_does_not_say_what_it_takes_fails_the_build(site):
    site.write(**{"notebooks/second": "# What is second?\n"})
    with pytest.raises(Exception, match=r"Expected a line .* Got none in notebooks/second. Try"):
        site.build()
