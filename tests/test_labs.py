"""Labs: what each claims and measures, from its own seed and from others."""

import os

import numpy as np
import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

import lab_seeds
from bs4 import BeautifulSoup
from click.testing import CliRunner
from small_site import Site

from symtheory import records
from symtheory.book.labs import OUT, SEED, lab_seed, measured, other_seeds, verdict

LABS = sorted(path for path in lab_seeds.LABS.glob("*.md") if path.stem != "index")

LAB = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---

# Does it double?

Whether it doubles, after {cite:t}`double1999`.

**Assumed:** nothing. **Reading:** {reading-time}`minutes`. **Running:** 3 s.

```{code-cell} ipython3
import numpy as np
from symtheory.book.labs import lab_seed, measured

seed = lab_seed(124)
```

```{code-cell} ipython3
own = measured("double", twice=2 * seed, both=np.array([seed, 1.5]))  # all that counts
```

```{code-cell} ipython3
from myst_nb import glue

glue("verdict", "holds", display=False)
glue("evidence", "twice 124 is 248", display=False)
```

```{code-cell} ipython3
---
mystnb:
  figure: {name: fig-double, caption: Twice}
---
from IPython.display import HTML

HTML(
    '<div class="st-figure"><svg viewBox="0 0 2 2" role="img" aria-label="Two">'
    '<text>two</text><path d="M0 0"/></svg></div>'
)
```

```{lab}
:claim: Twice *x* is $x + x$.
:figure: fig-double
```
"""
BOOK = "@book{double1999, title = {Twice}, author = {Two, Ann}, publisher = {Twice}, year = {1999}}"
INDEX = """# Labs

```{lab-cards}
```

```{lab-scores}
```

```{bibliography}
```

```{toctree}
:numbered:
notebooks/labs/double
```
"""


@pytest.fixture
def site(tmp_path):
    site = Site(
        tmp_path,
        *("sphinx_exercise", "sphinxcontrib.bibtex", "reading_time", "plan", "labs"),
        notebooks=True,
    )
    (tmp_path / "all.bib").write_text(BOOK, "utf-8")
    site.config |= {"bibtex_bibfiles": ["all.bib"], "myst_enable_extensions": ["dollarmath"]}
    site.config |= {"nb_execution_mode": "force", "nb_execution_raise_on_error": True}
    (tmp_path / "notebooks" / "labs").mkdir(parents=True)
    site.write(index=INDEX, **{"notebooks/labs/double": LAB})
    return site


@pytest.mark.slow
def test_cards_and_rows_say_what_came_out(site):
    assert site.build() == 0, site.warnings
    page = BeautifulSoup(site.page(), "html.parser")
    card = page.select_one(".lab-card")
    assert card.select_one(".lab-title a")["href"] == "notebooks/labs/double.html"
    words = " ".join(card.text.split())
    assert "Does it double?" in words and "Twice x is" in words
    assert words.endswith("holds · 5 minutes to read, 3 s to run")
    assert "248" not in words  # numbers are for the lab and the scoreboard
    # The picture is not heard, as all that it shows is said, and its words would be too small.
    assert card.svg["aria-hidden"] == "true" and not card.svg.get("aria-label")
    assert card.svg.path and not card.svg.text.strip()
    cells = [" ".join(cell.text.split()) for cell in page.select(".lab-scores tbody td")]
    assert cells[2:] == ["holds", "Ch. 1", "twice 124 is 248"]
    assert page.select_one(".lab-scores tbody td em").text == "x"
    assert "mathjax" in str(page.head).lower()  # the claim has a formula, which the page has not
    own = BeautifulSoup(site.page("notebooks/labs/double"), "html.parser")
    assert own.select_one(".lab-verdict .verdict").text == "holds"


@pytest.mark.parametrize(
    "old, new, missing",
    [
        ("```{lab}", "```{note}", "what came out of the lab"),
        (":figure: fig-double", ":figure: fig-triple", "the figure 'fig-triple'"),
        ("{cite:t}", "{sub}", "the paper of the lab"),
    ],
)
def test_what_a_lab_lacks_fails_the_build(site, old, new, missing):
    site.config["nb_execution_mode"] = "off"
    site.write(**{"notebooks/labs/double": LAB.replace(old, new)})
    with pytest.raises(Exception, match=rf"Expected {missing}. Got none in notebooks/labs/double"):
        site.build()


@pytest.fixture
def lab(tmp_path):
    path = tmp_path / "double.md"
    path.write_text(LAB, "utf-8")
    return path


def test_the_code_of_a_lab_ends_with_what_it_measures(lab):
    code = lab_seeds.lab_code(lab)
    assert "seed = lab_seed(124)" in code and code.endswith("# all that counts")
    assert "glue" not in code


FIGURE = """```{code-cell} ipython3
---
mystnb:
  figure: {name: fig-first, caption: First}
---
assert seed == 124
```

"""


def test_what_draws_is_not_run_from_other_seeds(lab):
    before = lab_seeds.code_hash(lab)
    cell = "```{code-cell} ipython3\nown ="
    lab.write_text(LAB.replace(cell, FIGURE + cell), "utf-8")
    assert FIGURE in lab.read_text("utf-8")
    assert lab_seeds.code_hash(lab) == before
    assert lab_seeds.run(lab, 3)["twice"] == 6


def test_a_lab_that_measures_nothing_is_an_error(lab):
    lab.write_text(LAB.replace("measured(", "print("), "utf-8")
    with pytest.raises(ValueError, match=r"Expected a cell that calls measured.*double\.md.*Try"):
        lab_seeds.lab_code(lab)


def test_comments_and_layout_leave_the_hash_of_a_lab_and_numbers_do_not(lab):
    before = lab_seeds.code_hash(lab)
    lab.write_text(LAB.replace("  # all that counts", "").replace("2 * seed", "(2*seed)"), "utf-8")
    assert lab_seeds.code_hash(lab) == before
    lab.write_text(LAB.replace("2 * seed", "3 * seed"), "utf-8")
    assert lab_seeds.code_hash(lab) != before


def test_a_lab_runs_from_another_seed(lab):
    found = lab_seeds.run(lab, 3)
    assert found.keys() == {"twice", "both"}
    assert found["twice"] == 6
    np.testing.assert_array_equal(found["both"], [3, 1.5])


def test_a_lab_that_fails_from_another_seed_says_why(lab):
    lab.write_text(LAB.replace("seed = lab_seed(124)", "seed = 1 / (lab_seed(124) - 3)"), "utf-8")
    with pytest.raises(RuntimeError, match=r"(?s)double to run from seed 3.*ZeroDivision.*Try"):
        lab_seeds.run(lab, 3)


def test_a_lab_that_is_not_there():
    found = CliRunner().invoke(lab_seeds.main, ["nothing"])
    assert found.exit_code == 2
    assert "Expected the name of a lab. Got 'nothing'." in " ".join(found.output.split())


def test_the_seed_of_a_lab(monkeypatch):
    monkeypatch.delenv(SEED, raising=False)
    assert lab_seed(124) == 124
    monkeypatch.setenv(SEED, "5")
    assert lab_seed(124) == 5


@pytest.mark.parametrize("value", [np.nan, [1, np.inf], "two", 1j])
def test_what_is_no_number_is_not_measured(value):
    with pytest.raises(ValueError, match="Expected finite numbers for 'error' of the lab 'x'"):
        measured("x", error=value)


def test_without_being_asked_nothing_is_written(monkeypatch, tmp_path):
    monkeypatch.delenv(OUT, raising=False)
    monkeypatch.chdir(tmp_path)
    measured("x", error=1.0)
    assert not os.listdir(tmp_path)


def test_what_is_measured_is_given_back():
    own = measured("x", error=1.5, counts=[1, 2])
    assert own.keys() == {"error", "counts"}
    assert own["error"] == 1.5 and own["counts"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "own, others, words",
    [
        (0.1, (0.1, 0.3), "holds"),
        (0.1, (0.1, 0.6), "holds for 2 of 3 seeds"),
        (0.7, (0.1, 0.6), "holds for 1 of 3 seeds"),
        (0.7, (0.8, 0.6), "does not hold"),
    ],
)
def test_a_verdict_asks_each_seed_by_itself(own, others, words):
    others = {"error": np.array(others), "counts": np.ones((2, 3))}
    own = measured("x", error=own, counts=np.ones(3))

    def holds(found):
        return found["error"] < 0.5 and found["counts"].sum() == 3

    assert verdict(holds, own, others) == words


@pytest.mark.parametrize("path", LABS, ids=lambda path: path.stem)
def test_the_record_of_a_lab_is_of_its_code(path):
    """If not, `make lab-seeds` makes it again."""
    kept = records.load(lab_seeds.ROOT / "results" / "labs" / f"{path.stem}.npz")
    assert kept.parameters["code"] == lab_seeds.code_hash(path)
    assert kept.parameters["seeds"] == list(lab_seeds.SEEDS)
    assert {len(values) for values in other_seeds(path.stem).values()} == {len(lab_seeds.SEEDS)}


def test_no_record_is_of_a_lab_that_is_gone():
    kept = (lab_seeds.ROOT / "results" / "labs").glob("*.npz")
    assert {path.stem for path in kept} == {path.stem for path in LABS}
