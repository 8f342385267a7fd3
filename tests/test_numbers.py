"""Numbers and words that a chapter computes, on the page and in a notebook that is open."""

import json
import shutil
import subprocess
from importlib.resources import files

import IPython.display
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("myst_nb", reason="prose is built in the book's environment only")

import myst_nb

from symtheory.book.numbers import at_least, at_most, glue_numbers, glue_text

# Stands in for a notebook: three marks of prose, one of a formula.
NOTEBOOK = """
globalThis.document = { body: {} };
globalThis.MutationObserver = class { observe() {} };
const { values, marks } = JSON.parse(process.argv[1]);
const spans = marks.map(([textContent, inFormula]) =>
  ({ textContent, dataset: {}, childElementCount: 0, closest: () => inFormula }));
const element = { closest: () => ({ querySelectorAll: () => spans }) };
(%s)(element, values);
console.log(JSON.stringify(spans.map((span) => span.textContent)));
"""


@pytest.fixture
def glued(monkeypatch):
    """What is glued, without a kernel."""
    glued = {}
    monkeypatch.setattr(myst_nb, "glue", lambda name, value, display: glued.update({name: value}))
    return glued


@pytest.fixture
def displayed(monkeypatch):
    """What is displayed, without a kernel."""
    displayed = []
    monkeypatch.setattr(IPython.display, "display", displayed.append)
    return displayed


def test_numbers_reach_the_prose_as_plain_numbers(glued):
    glue_numbers(error=np.float64(0.5), whole=np.int64(7), round=2.0, array=np.array(3.5))
    assert glued == {"error": 0.5, "whole": 7, "round": 2.0, "array": 3.5}
    assert [type(value) for value in glued.values()] == [float, int, float, float]


@pytest.mark.parametrize("value", [np.nan, np.inf, "many", np.ones(2), None, np.complex128(1 + 2j)])
def test_what_is_no_number_is_not_glued(value):
    with pytest.raises(ValueError, match="Expected a"):
        glue_numbers(value=value)


def test_only_an_open_notebook_is_told(glued, displayed, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    glue_text("data", "two circles")
    assert glued == {"data": "two circles"}
    assert not displayed
    monkeypatch.setenv("JPY_SESSION_NAME", "chapter.md")
    glue_text("data", "two circles")
    (script,) = displayed
    assert script.data.endswith('(element, {"data": "two circles"})')


def test_an_open_notebook_shows_numbers_as_the_page_does():
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine: the script is tested where it is")
    values = {"large": 51234.567, "small": -0.00123456, "tiny": 3.21e-12, "whole": 1234}
    formats = [".0f", ".1f", ".3f", ".4f", "+.1f", "+.3f", ".0e", ".1e"]
    marks = [(f"{name}:{format}", False) for name in values for format in formats]
    expected = [f"{values[name]:{format}}" for name in values for format in formats]
    values |= {"words": "two circles"}
    marks += [
        ("words", False),
        ("whole", False),
        ("whole:,", False),
        ("small:.1g", False),
        ("gone:.1f", False),
    ]
    expected += ["two circles", "1234", "1,234", "-0.001", "gone:.1f"]
    marks += [("whole", True)]  # a letter of a formula, by chance the name of a number
    expected += ["whole"]
    script = files("symtheory.book").joinpath("glued.js").read_text(encoding="utf-8")
    run = subprocess.run(
        [node, "-e", NOTEBOOK % script, json.dumps({"values": values, "marks": marks})],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert json.loads(run.stdout) == expected


@pytest.mark.parametrize(
    "value, spec, least, most",
    [
        (0.1213, ".2f", 0.12, 0.13),
        (0.1287, ".2f", 0.12, 0.13),
        (0.1, ".1f", 0.1, 0.1),
        (99.8, ".0f", 99, 100),
        (-0.1213, ".2f", -0.13, -0.12),
        (2.31e-7, ".0e", 2e-7, 3e-7),
        (9.7e-7, ".0e", 9e-7, 1e-6),
        (100 * np.float32(0.6), ".0f", 60, 60),
    ],
)
def test_bounds_are_rounded_away_from_what_they_bound(value, spec, least, most):
    assert at_least(value, spec) == pytest.approx(least, rel=1e-12)
    assert at_most(value, spec) == pytest.approx(most, rel=1e-12)


@given(st.floats(-1e6, 1e6), st.sampled_from([".0f", ".1f", ".3f", ".0e", ".2e"]))
def test_bounds_hold_as_they_are_printed(value, spec):
    low, high = (float(format(bound(value, spec), spec)) for bound in (at_least, at_most))
    slack = 1e-6 * abs(value)
    assert low - slack <= value <= high + slack
    assert high == low or format(low, spec) != format(high, spec)
