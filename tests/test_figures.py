"""Figures: words, provenance, theme, and the same bytes for the same picture."""

import io
import re
from base64 import b64decode
from types import SimpleNamespace
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from symtheory.book import svg
from symtheory.book.figures import (
    CLASS_B,
    COLUMN,
    FOCUS,
    FOIL,
    INK,
    WIDE,
    Provenance,
    Stopwatch,
    render,
    show,
    use_style,
)
from symtheory.book.narrow import NARROW, make_narrow
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
    """The drawing for wide pages."""
    return re.search(r"<svg .*?</svg>", html, flags=re.DOTALL)[0]


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
    for color in (FOCUS, FOIL, INK):
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


def test_formulas_are_drawn_as_the_shapes_that_were_measured():
    html = drawing(render(draw(r"$\lambda_N^{-1}$"), alt="Lines.", provenance=LIVE).html)
    assert "STIX" not in html
    assert not set("λ") & set(html)
    outline = svg._outline("x", "STIXGeneral", "italic", "normal", 100.0)
    numbers = np.array(re.findall(r"-?\d+\.\d+", outline), dtype=float)
    # An x of 100 pixels stands on the line, y going down, about as wide as it is high.
    assert numbers[1::2].min() < -40 and numbers[1::2].max() < 5
    assert 0 <= numbers[0::2].max() < 50


@pytest.mark.slow
def test_the_same_figure_gives_the_same_bytes_and_another_one_other_ids():
    first, again, other = (
        drawing(render(draw(label), alt="Lines.", provenance=LIVE).html) for label in "xxy"
    )
    assert first == again
    ids = [set(re.findall(r' id="([^"]+)"', html)) for html in (first, other)]
    assert ids[0] and not ids[0] & ids[1]
    for html, own in zip((first, other), ids, strict=True):
        assert set(re.findall(r'(?:href="|url\()#([^")]+)', html)) <= own


def test_a_figure_is_light():
    x = np.linspace(0, 1, 300)
    figure, axes = plt.subplots()
    axes.plot(x, np.sin(9 * x), marker="o")
    axes.scatter(x, x, c=x, rasterized=True)
    html = drawing(render(figure, alt="Lines.", provenance=LIVE).html)
    assert not re.search(r' (d|x|y)="[^"]*\d\.\d{3}', html)
    picture = Image.open(io.BytesIO(b64decode(re.search(r"base64,([^\"]+)", html)[1])))
    assert picture.mode == "P"


def test_pictures_of_few_colors_stay_exact():
    values = np.arange(6.0).reshape(2, 3)
    figure, axes = plt.subplots()
    axes.imshow(values, cmap="gray")
    html = drawing(render(figure, alt="Steps.", provenance=LIVE).html)
    picture = Image.open(io.BytesIO(b64decode(re.search(r"base64,([^\"]+)", html)[1])))
    assert np.array(picture.convert("L")).tolist() == [[0, 51, 102], [153, 204, 255]]


def test_light_drawings_keep_their_shape():
    drawing = '<g transform="translate(1.23456 0) scale(0.0048828 -1)"><path d="M 10.5000001 2"/>'
    light = '<g transform="translate(1.23 0) scale(0.0048828 -1)"><path d="M 10.5 2"/>'
    assert svg.lighten(drawing) == light


def test_no_style_leaks_into_the_page():
    html = render(draw(), alt="Lines.", provenance=LIVE).html
    assert "*{" not in html
    assert "<metadata" not in html


def sizes(html: str) -> dict[str, tuple[float, float]]:
    """Width and height in inches of the drawings of a figure."""
    tags = re.findall(r'<svg class="st-(\w+)"[^>]*viewBox="0 0 ([\d.]+) ([\d.]+)"', html)
    return {name: (float(width) / 72, float(height) / 72) for name, width, height in tags}


def test_a_figure_is_drawn_for_wide_and_for_narrow_pages():
    html = render(draw(size=(WIDE, 2.0)), alt="Lines.", provenance=LIVE).html
    assert sizes(html).keys() == {"wide", "narrow"}
    # Nearly: white margins are cut.
    assert sizes(html)["wide"][0] == pytest.approx(WIDE, rel=0.05)
    assert sizes(html)["narrow"][0] == pytest.approx(NARROW, rel=0.05)
    assert "min-width" not in html.split("</style>")[1]


GAP = 0.2


def places(axes) -> tuple[int, int]:
    spec = axes.get_subplotspec()
    return spec.rowspan.start, spec.colspan.start


def test_rows_of_panels_become_columns_on_a_narrow_page():
    figure, panels = plt.subplots(2, 3, figsize=(WIDE, 5.0), width_ratios=[1, 2, 3])
    make_narrow(figure)
    assert [places(axes) for axes in panels.flat] == [
        (column, row) for row in range(2) for column in range(3)
    ]
    grid = panels[0, 0].get_subplotspec().get_gridspec()
    assert (grid.get_height_ratios(), grid.get_width_ratios()) == ([1, 2, 3], [1, 1])
    assert figure.get_size_inches() == pytest.approx([NARROW, 7.5 + 2 * GAP])


def test_a_title_is_nearer_to_its_panel_than_to_the_one_above():
    figure, panels = plt.subplots(1, 2, figsize=(WIDE, 2.5))
    for axes in panels:
        axes.set(title="title", xlabel="label")
    make_narrow(figure)
    figure.draw_without_rendering()
    title = panels[1].title.get_window_extent()
    above = panels[0].xaxis.label.get_window_extent().y0 - title.y1
    assert above > 3 * (title.y0 - panels[1].get_window_extent().y1)


@pytest.mark.parametrize("columns", [None, 2])
def test_square_panels_leave_no_bands_between_their_rows(columns):
    figure, panels = plt.subplots(2, 3, figsize=(WIDE, 5.5), sharex=True, sharey=True)
    for axes in panels.flat:
        axes.set(aspect="equal", xlim=(0, 1), ylim=(0, 1), title="title")
    make_narrow(figure, columns)
    figure.draw_without_rendering()
    boxes = {places(axes): axes.get_window_extent() for axes in panels.flat}
    for (row, column), box in boxes.items():
        assert box.height == pytest.approx(box.width) and box.width > 1.3 * figure.dpi
        if row:
            # Room for a title, the numbers of an axis, and a little between them.
            assert boxes[row - 1, column].y0 - box.y1 < 0.8 * figure.dpi


def test_a_panel_under_a_square_one_has_the_width_of_the_page():
    figure, (square, plain) = plt.subplots(1, 2, figsize=(WIDE, 2.5))
    square.set(aspect="equal", xlim=(0, 1), ylim=(0, 1))
    make_narrow(figure)
    figure.draw_without_rendering()
    assert plain.get_window_extent().width > 0.85 * NARROW * figure.dpi


def test_a_panel_that_leaves_the_row_gets_the_labels_of_its_neighbors():
    figure, panels = plt.subplots(1, 2, sharey=True)
    panels[0].set(xlabel="width", ylabel="error")
    panels[1].set(xlabel="depth")
    make_narrow(figure)
    assert [axes.get_ylabel() for axes in panels] == ["error", "error"]
    assert [axes.get_xlabel() for axes in panels] == ["width", "depth"]
    figure.draw_without_rendering()
    assert all(label.get_visible() for label in panels[1].get_yticklabels())


def test_panels_with_axes_of_their_own_keep_their_labels():
    figure, panels = plt.subplots(1, 2)
    panels[0].set(ylabel="error")
    make_narrow(figure)
    assert [axes.get_ylabel() for axes in panels] == ["error", ""]


@pytest.mark.parametrize("rows,columns", [(2, 2), (3, 1), (2, 8)])
def test_other_grids_stay_as_they_are(rows, columns):
    figure, panels = plt.subplots(rows, columns, figsize=(COLUMN, 3.0))
    make_narrow(figure)
    assert places(panels.flat[-1]) == (rows - 1, columns - 1)
    assert figure.get_size_inches() == pytest.approx([NARROW, 3.0])


def test_panels_stand_in_as_many_columns_as_asked():
    figure, panels = plt.subplots(2, 2, figsize=(COLUMN, 5.0))
    make_narrow(figure, columns=1)
    assert [places(axes) for axes in panels.flat] == [(row, 0) for row in range(4)]
    assert figure.get_size_inches() == pytest.approx([NARROW, 10.0 + 3 * GAP])


def test_pictures_shrink_in_both_directions():
    figure, panels = plt.subplots(2, 8, figsize=(COLUMN, 2.0))
    for axes in panels.flat:
        axes.imshow(np.eye(3))
    make_narrow(figure)
    assert figure.get_size_inches() == pytest.approx([NARROW, 1.15 * 2.0 * NARROW / COLUMN])


def test_a_panel_as_high_as_the_others_together_goes_beneath():
    figure = plt.figure(figsize=(WIDE, 4.0))
    grid = figure.add_gridspec(2, 4, width_ratios=[1, 1, 1, 2], height_ratios=[1, 1.5])
    small = [figure.add_subplot(grid[row, column]) for row in range(2) for column in range(3)]
    large = figure.add_subplot(grid[:, 3])
    make_narrow(figure)
    assert [places(axes) for axes in small] == [divmod(number, 3) for number in range(6)]
    assert places(large) == (2, 0)
    assert large.get_subplotspec().colspan == range(3)
    assert figure.get_size_inches() == pytest.approx([NARROW, 6.4])


def test_other_panels_of_several_sizes_are_not_taken_apart():
    figure = plt.figure(figsize=(WIDE, 4.0))
    grid = figure.add_gridspec(1, 4)
    wide, small = figure.add_subplot(grid[0, :2]), figure.add_subplot(grid[0, 2])
    make_narrow(figure)
    assert (places(wide), places(small)) == ((0, 0), (0, 2))
    assert figure.get_size_inches() == pytest.approx([NARROW, 4.0])


def test_words_over_the_edge_are_not_cut():
    figure, axes = plt.subplots(figsize=(3.0, 2.0), layout="none")
    axes.text(1.0, 0.5, "far beyond the right end of the axis", transform=axes.transAxes)
    html = render(figure, alt="Words.", provenance=LIVE).html
    assert sizes(html)["wide"][0] > 4.0


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
