"""Colors in the chapters: every one is a role of the palette, and says what the role says."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from matplotlib.colors import is_color_like

from symtheory.book import style
from symtheory.book.style import ROLES

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted(
    path
    for folder in ("book", "notebooks")
    for path in (ROOT / folder).rglob("*.md")
    if "{code-cell}" in path.read_text(encoding="utf-8")
)
NAMES = {name for name, value in vars(style).items() if isinstance(value, str) and value in ROLES}
# Where matplotlib takes a color.
ARGUMENTS = re.compile(r"^(c|colors?|(face|edge|label|title|(marker)?(face|edge))?colors?)$")
NO_COLOR = {"none", "inherit", "auto"}
# Of pictures whose ground is their own.
MAPS_OF_PICTURES = {"gray", "cividis", "RdBu_r"}
# What a color stands beside, and the roles that may stand there.
WORDS = {
    r"\bmlp\b|fully connected": {"FULLY_CONNECTED"},
    r"\bcnn\b": {"CONVOLUTION"},
    r"\bvit\b": {"ATTENTION"},
    r"^train$": {"SEEN"},
    r"^held[ _]back$": {"HELD_BACK"},
    r"^unseen[ _]pose|^upright 7$": {"UNSEEN"},
    r"^signal$": {"SIGNAL"},
    r"^noise$": {"NOISE"},
    r"^(class|orbit|circle) \$?A\$?$": {"CLASS_A"},
    r"^(class|orbit|circle) \$?B\$?$": {"CLASS_B"},
}


def code(chapter: Path) -> Iterator[ast.Module]:
    """The cells of a chapter."""
    text = chapter.read_text(encoding="utf-8")
    for cell in re.findall(r"```\{code-cell\}[^\n]*\n(.*?)\n```", text, flags=re.DOTALL):
        source = re.sub(r"\A(---\n.*?\n---\n|(:[^\n]*\n)+)", "", cell, flags=re.DOTALL)
        yield ast.parse(re.sub(r"^%.*$", "", source, flags=re.MULTILINE))


def strings(node: ast.AST) -> list[str]:
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def roles(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} & NAMES


def literal_colors(cell: ast.AST) -> list[str]:
    """Colors that are written out, and color maps that are made or named in a cell."""
    found = []
    for node in ast.walk(cell):
        pairs = []
        if isinstance(node, ast.Call):
            pairs = [(word.arg or "", word.value) for word in node.keywords]
            if isinstance(node.func, ast.Attribute) and node.func.attr == "from_list":
                found.append(ast.unparse(node))
        if isinstance(node, ast.Dict):
            pairs = [
                (key.value, value)
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            ]
        for argument, value in pairs:
            if argument == "cmap":
                found += [text for text in strings(value) if text not in MAPS_OF_PICTURES]
            elif ARGUMENTS.match(argument) and isinstance(
                value, ast.Constant | ast.List | ast.Tuple | ast.IfExp
            ):
                found += [t for t in strings(value) if t not in NO_COLOR and is_color_like(t)]
    shades = [text for text in strings(cell) if re.fullmatch(r"#[0-9A-Fa-f]{3,8}", text)]
    return found + shades


def wrong_roles(cell: ast.AST) -> list[str]:
    """A word and a role that stand together, and do not belong together."""
    found = []
    for node in ast.walk(cell):
        groups: list[ast.AST] = []
        if isinstance(node, ast.Tuple | ast.Call):
            groups = [node]
        if isinstance(node, ast.Dict):
            groups = [
                ast.Tuple([key, value])
                for key, value in zip(node.keys, node.values, strict=True)
                if key is not None
            ]
        for group in groups:
            here = roles(group)
            if len(here) != 1:
                continue
            allowed = [
                right
                for text in strings(group)
                for word, right in WORDS.items()
                if re.search(word, text, flags=re.IGNORECASE)
            ]
            if allowed and not any(here <= right for right in allowed):
                found.append(ast.unparse(group))
    return found


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_colors_are_roles(chapter):
    assert [color for cell in code(chapter) for color in literal_colors(cell)] == []


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_roles_stand_beside_what_they_mean(chapter):
    assert [group for cell in code(chapter) for group in wrong_roles(cell)] == []


@pytest.mark.parametrize(
    "line",
    [
        "axes.plot(x, color='C3')",
        "axes.plot(x, color='#D55E00')",
        "axes.text(0, 0, 'a', color='crimson')",
        "axes.bar(x, y, edgecolor='k' if x else 'red')",
        "style = {'markerfacecolor': 'tab:blue'}",
        "axes.imshow(x, cmap='viridis')",
        "tints = LinearSegmentedColormap.from_list('t', [INK, PAPER])",
        "shade = '#101010'",
    ],
)
def test_a_color_outside_the_palette_is_noticed(line):
    assert literal_colors(ast.parse(line))


@pytest.mark.parametrize(
    "line",
    [
        "looks = {'mlp': (CLASS_A, 'o'), 'cnn': (CONVOLUTION, 's')}",
        "curves = (('held_back', 'held back', SIGNAL, '-'),)",
        "axes.plot(accuracy['unseen_pose'], color=CLASS_B)",
        "axes.text(0, 0, 'signal', color=FOCUS)",
        "axes.text(0, 0, 'class A', color=CLASS_B)",
    ],
)
def test_a_role_in_another_place_is_noticed(line):
    assert wrong_roles(ast.parse(line))


def test_what_is_right_passes():
    cell = ast.parse(
        "axes.plot(x, color=INK, markerfacecolor='none')\n"
        "looks = {'mlp': (FULLY_CONNECTED, 'o'), 'cnn': (CONVOLUTION, 's')}\n"
        "axes.imshow(x, cmap='gray')\n"
        "axes.imshow(x, cmap=LOW_TO_HIGH)"
    )
    assert literal_colors(cell) == wrong_roles(cell) == []
