"""The palette: legible on both grounds, one color a role, and distinct for color-blind readers."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from symtheory.book.style import (
    CLASS_A,
    CLASS_B,
    DARK,
    GROUPS,
    INK,
    NOISE,
    PAPER,
    ROLES,
    RULE,
    SIGNAL,
    TEXT_VARIABLES,
    THEME_VARIABLES,
)

STYLE_SHEET = Path(__file__).parents[1] / "book/static/symtheory.css"
EXPLORERS = Path(__file__).parents[1] / "symtheory/book/explorers"
THEMES = ("light", "dark")
LEAST_FOR_ALL, LEAST_FOR_COLOR_BLIND = 8.0, 5.5
# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
READERS = {
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}


def variables(theme: str) -> dict[str, str]:
    """The colors of the site's style sheet in a theme."""
    sheet = STYLE_SHEET.read_text(encoding="utf-8")
    block = re.search(rf'html\[data-theme="{theme}"\] {{(.*?)}}', sheet, flags=re.DOTALL)[1]
    found = dict(re.findall(r"--st-([\w-]+): (#\w+);", block))
    return {name: expand(color) for name, color in found.items()}


def expand(color: str) -> str:
    return color if len(color) == 7 else "#" + "".join(2 * digit for digit in color[1:])


def linear(color: str) -> np.ndarray:
    rgb = np.array([int(color[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.1."""
    bright, dim = sorted((linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def distance(one: str, other: str, reader: np.ndarray) -> float:
    """A hundred times the distance in Oklab (Ottosson 2020); one can just be seen at about 2."""
    to_cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    a, b = (
        to_lab @ np.cbrt(to_cones @ np.clip(reader @ linear(color), 0, 1)) for color in (one, other)
    )
    return 100 * float(np.linalg.norm(a - b))


def in_theme(theme: str) -> dict[str, str]:
    """Every color of the palette as a theme shows it."""
    return {color: color if theme == "light" else DARK[color] for color in ROLES}


def test_a_color_has_one_role():
    assert ROLES.keys() == DARK.keys() == THEME_VARIABLES.keys()
    assert len(set(ROLES.values())) == len(ROLES)
    assert len(set(DARK.values())) == len(DARK)


@pytest.mark.parametrize("theme", THEMES)
def test_the_style_sheet_shows_the_palette(theme):
    sheet = variables(theme)
    for color, shown in in_theme(theme).items():
        if color not in (INK, RULE, PAPER):
            assert sheet[ROLES[color]].upper() == shown.upper()


def test_explorers_bring_the_same_palette_where_a_page_has_none():
    sheet = (EXPLORERS / "base" / "explorer.css").read_text("utf-8")
    shown = re.findall(r"--([a-z]+): var\(--st-([a-z]+), (#[0-9a-f]{6})\)", sheet)
    light, dark = shown[: len(shown) // 2], shown[len(shown) // 2 :]
    colors = {name: color for color, name in ROLES.items()}
    for theme, found in (("light", light), ("dark", dark)):
        assert [one[0] for one in found] == ["a", "b", "signal", "noise", "focus", "foil"]
        for name, role, color in found:
            assert name == role
            assert color.upper() == in_theme(theme)[colors[role]].upper()


def test_right_and_wrong_have_no_color_of_a_class_in_explorers():
    """A class may be the right one or the wrong one."""
    lines = [
        f"{path.relative_to(EXPLORERS)}: {line.strip()}"
        for path in sorted(EXPLORERS.rglob("*"))
        if path.suffix in {".py", ".mjs"}
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"""["'](right|wrong)\b""", line)
    ]
    assert len(lines) > 3
    assert not [line for line in lines if re.search(r"CLASS_[AB]|(ste|side|fill)-[ab]\b", line)]


@pytest.mark.parametrize("theme", THEMES)
def test_lines_and_words_are_legible_on_the_grounds_of_a_page(theme):
    sheet = variables(theme)
    for color in ROLES.keys() - {RULE, PAPER}:
        name = ROLES[color]
        words = f"{name}-text" if THEME_VARIABLES[color] in TEXT_VARIABLES else name
        for ground in (sheet["paper"], sheet["panel"]):
            assert contrast(sheet[name], ground) >= 3, name
        assert contrast(sheet[words], sheet["paper"]) >= 4.5, words


@pytest.mark.parametrize("theme", THEMES)
def test_no_two_roles_look_alike(theme):
    shown = in_theme(theme)
    near = [
        (ROLES[a], ROLES[b])
        for a, b in combinations(ROLES.keys() - {RULE, PAPER}, 2)
        if distance(shown[a], shown[b], np.eye(3)) < LEAST_FOR_ALL
    ]
    assert not near


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("theme", THEMES)
def test_color_blind_readers_tell_apart_what_stands_in_one_figure(theme, reader):
    shown = in_theme(theme)
    near = [
        (ROLES[a], ROLES[b])
        for group in GROUPS
        for a, b in combinations(group, 2)
        if distance(shown[a], shown[b], READERS[reader]) < LEAST_FOR_COLOR_BLIND
    ]
    assert not near


def test_a_palette_that_hides_a_class_is_noticed():
    red, green = "#C0392B", "#6B7F1E"
    assert distance(red, green, np.eye(3)) > 20
    assert distance(red, green, READERS["deuteranopia"]) < LEAST_FOR_COLOR_BLIND + 5
    assert contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.01)
    assert {CLASS_A, CLASS_B, SIGNAL, NOISE} < ROLES.keys()
