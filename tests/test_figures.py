"""Figures: words, provenance, theme, and the same bytes for the same picture."""

import re
from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt

from symtheory.book import svg
from symtheory.book.figures import (
    CLASS_A,
    CLASS_B,
    COLUMN,
    INK,
    WIDE,
    Provenance,
    Stopwatch,
    render,
    show,
    use_style,
)
from symtheory.book.provenance import format_seconds
from symtheory.book.style import THEME_VARIABLES

LIVE = Provenance(dataset="two circles", seed=3, seconds=1.25)


@pytest.fixture(autouse=True)
def style():
    with mpl.rc_context(), mpl.rc_context({"backend": "svg"}):
        use_style()
        yield
    plt.close("all")


def draw(label="separation", size=(COLUMN, 2.0)):
    figure, axes = plt.subplots(figsize=size)
    axes.plot([0, 1], [0, 1], "o-")
    axes.plot([0, 1], [1, 0], "s--")
    axes.set(xlabel=label, ylabel="error")
    return figure


def drawing(html: str) -> str:
    return re.search(r"<svg .*</svg>", html, flags=re.DOTALL)[0]


def test_a_figure_carries_words_and_provenance():
    picture = render(draw(), alt='An error of <0.1 & "falling".', provenance=LIVE)
    root = ElementTree.fromstring(drawing(picture.html))
    assert root.get("role") == "img"
    assert root.get("aria-label") == picture.alt == 'An error of <0.1 & "falling".'
    assert "Data: two circles · seed 3 · 1.2 s · computed live" in picture.html
    assert picture._repr_mimebundle_() == {"text/html": picture.html, "text/plain": picture.alt}


@pytest.mark.parametrize("alt", ["", "  \n", None, 3])
def test_a_figure_without_words_is_refused(alt):
    with pytest.raises(ValueError, match=r"Expected a sentence .* Got alt=.* Try"):
        render(draw(), alt=alt, provenance=LIVE)


def test_colors_follow_the_theme():
    html = drawing(render(draw(), alt="Lines.", provenance=LIVE).html)
    for color in (CLASS_A, CLASS_B, INK):
        assert THEME_VARIABLES[color] in html
        bare = html.replace(THEME_VARIABLES[color], "")
        assert not re.search(color, bare, flags=re.IGNORECASE)
    assert "#000000" not in html


def test_words_are_darker_than_lines_where_the_color_is_faint():
    figure, axes = plt.subplots()
    axes.plot([0, 1], color=CLASS_B)
    axes.text(0, 0, r"class B, $x$", color=CLASS_B)
    html = drawing(render(figure, alt="A line.", provenance=LIVE).html)
    words = "".join(re.findall(r"<(?:text|tspan) [^>]*>", html))
    assert "--st-b-text" in words
    assert "--st-b," not in words
    assert "stroke: var(--st-b," in html


def test_text_stays_text_in_the_fonts_of_the_page():
    html = drawing(render(draw(), alt="Lines.", provenance=LIVE).html)
    assert ">separation</text>" in html
    assert "DejaVu" not in html


def test_words_beside_a_formula_stay_whole():
    label = r"the error $\varepsilon_s$ of $N$ points"
    html = drawing(render(draw(label), alt="Lines.", provenance=LIVE).html)
    words = re.findall(
        r'style="(text-anchor: \w+; )?[^"]*" xml:space="preserve">([^<]*)<',
        html.replace("\N{NO-BREAK SPACE}", " "),
    )
    assert ("text-anchor: end; ", "the error ") in words
    assert ("text-anchor: middle; ", " of ") in words
    assert ("", " points") in words
    assert ("", "ε") in words


def test_the_same_figure_gives_the_same_bytes_and_another_one_other_ids():
    first, again, other = (
        drawing(render(draw(label), alt="Lines.", provenance=LIVE).html) for label in "xxy"
    )
    assert first == again
    ids = [set(re.findall(r' id="([^"]+)"', html)) for html in (first, other)]
    assert ids[0] and not ids[0] & ids[1]
    for html, own in zip((first, other), ids, strict=True):
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', html)) <= own


def test_no_style_leaks_into_the_page():
    html = render(draw(), alt="Lines.", provenance=LIVE).html
    assert "*{" not in html
    assert "<metadata" not in html


@pytest.mark.parametrize(
    "inches,least,focus", [(COLUMN, 475, True), (WIDE, 547, True), (3.0, 288, False)]
)
def test_a_wide_figure_scrolls_before_its_text_gets_small(inches, least, focus):
    html = render(draw(size=(inches, 2.0)), alt="Lines.", provenance=LIVE).html
    assert f"min-width: {least}px; max-width: {96 * inches:.0f}px" in html
    assert ('tabindex="0"' in html) == focus


def test_points_by_the_thousand_become_one_image():
    figure, axes = plt.subplots()
    points = np.random.default_rng(0).normal(size=(2, 5000))
    axes.scatter(*points, rasterized=True)
    html = drawing(render(figure, alt="A cloud.", provenance=LIVE).html)
    assert html.count("<image") == 1
    assert len(html) < 200_000


def test_images_keep_their_own_pixels():
    figure, axes = plt.subplots(figsize=(2, 2))
    axes.imshow(np.eye(8))
    html = drawing(render(figure, alt="A diagonal.", provenance=LIVE).html)
    assert len(html) < 12_000


def test_show_displays_and_closes(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)
    figure = draw()
    show(figure, alt="Lines.", provenance=LIVE)
    assert [picture.alt for picture in shown] == ["Lines."]
    assert not plt.fignum_exists(figure.number)


def test_a_drawing_without_size_is_refused():
    with pytest.raises(ValueError, match="Expected an SVG with width and height"):
        svg.take_size("<svg></svg>")


def test_provenance_of_a_record():
    entries = {
        "command": "symtheory reproduce rotated-digits --pairs 512",
        "dataset": "MNIST test",
        "dataset_hash": "sha256:0123456789abcdef",
        "date": "2025-11-20T10:00:00+00:00",
        "seconds": 95.4,
        "seed": 124,
    }
    record = SimpleNamespace(name="rotated-digits", provenance=entries)
    assert Provenance.from_record(record).html() == (
        "Data: MNIST test <code>01234567</code> · seed 124 · 95 s · "
        "record rotated-digits of 2025-11-20 · "
        "<code>symtheory reproduce rotated-digits --pairs 512</code>"
    )
    del entries["seed"]
    with pytest.raises(ValueError, match=r"Expected the provenance .* Got none of seed"):
        Provenance.from_record(record)


@pytest.mark.parametrize(
    "entries,message",
    [
        ({"dataset": " "}, "Expected the name of a data set"),
        ({"dataset": "digits", "record": "x"}, "Expected the date and the command"),
    ],
)
def test_incomplete_provenance_is_refused(entries, message):
    with pytest.raises(ValueError, match=message):
        Provenance(**entries)


def test_data_names_cannot_break_the_page():
    assert "<b>" not in Provenance(dataset="<b>", record="<b>", date="<b>", command="<b>").html()


def test_a_stopwatch_stops():
    running = Stopwatch()
    with Stopwatch() as watch:
        pass
    assert watch.seconds == watch.seconds
    assert running.seconds < running.seconds
    assert format_seconds(watch.seconds) == "under 0.1 s"
