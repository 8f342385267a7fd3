"""The chapters as files: how they are saved, and which tests they name."""

import builtins
import re
import symtable
from pathlib import Path

import pytest
import yaml

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

import checked_by

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("book", "notebooks")
    for path in (ROOT / folder).rglob("*.md")
)
CHAPTERS = [page for page in PAGES if "format_name: myst" in (ROOT / page).read_text("utf-8")[:200]]


def test_there_are_chapters():
    assert len(CHAPTERS) > 20


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_saving_a_chapter_in_jupyterlab_changes_nothing(tmp_path):
    """If one changes, `make format` writes it as JupyterLab does."""
    # Here, because the imports take seconds, which only one of several processes need.
    from jupyter_server.services.contents.largefilemanager import LargeFileManager
    from jupytext.sync_contentsmanager import build_sync_jupytext_contents_manager_class

    manager = build_sync_jupytext_contents_manager_class(LargeFileManager)(root_dir=str(tmp_path))
    (tmp_path / "jupytext.toml").write_bytes((ROOT / "jupytext.toml").read_bytes())
    changed = []
    for page in CHAPTERS:
        text = (ROOT / page).read_bytes()
        (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / page).write_bytes(text)
        notebook = manager.get(page, type="notebook", content=True)["content"]
        # What JupyterLab knows of the kernel when it saves.
        kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        notebook["metadata"] |= {
            "kernelspec": kernel,
            "language_info": {"name": "python", "version": "3.11.2"},
        }
        for cell in notebook["cells"]:
            cell["metadata"]["trusted"] = True
        manager.save({"type": "notebook", "content": notebook, "format": "json"}, page)
        if (tmp_path / page).read_bytes() != text:
            changed.append(page)
    assert not changed


@pytest.mark.parametrize("page", PAGES)
def test_the_tests_that_a_page_names_exist(page):
    text = (ROOT / page).read_text("utf-8")
    for block in re.findall(r":::\{div\} checked-by\n(.*?)\n *:::", text, flags=re.DOTALL):
        label, *tests = re.findall("`([^`]*)`", block)
        assert label in text.replace(block, "")
        assert tests
        for test in tests:
            checked_by.find_test(ROOT, test)


PLACES = "left|right|middle|top|bottom|above|below|upper|lower"
OF_A_PANEL = "|".join(
    (
        rf"(?:^|[.;] |\*\* )(?i:{PLACES})(?: (?:and|rows?|columns?|two|three|{PLACES}))*[:,]",
        rf"\((?:{PLACES})\b[^)]*\)",
        r"\b(?:on|at|to) the (?:far )?(?:left|right)\b",
        rf"\b(?:{PLACES}) panels?\b",
    )
)


def captions(page):
    """The captions of a chapter's figures, by name."""
    text = (ROOT / page).read_text("utf-8")
    found = {}
    for header in re.findall(r"^```\{code-cell\}[^\n]*\n---\n(.*?)^---\n", text, re.S | re.M):
        figure = yaml.safe_load(header).get("mystnb", {}).get("figure", {})
        if "caption" in figure:
            found[figure["name"]] = figure["caption"]
    return found


@pytest.mark.parametrize(
    "caption",
    [
        "**A.** Left: an error.",
        "**A.** Middle and right: it.",
        "A. Left three: circles.",
        "B (right), and C.",
        "What is on the left.",
        "One. Top row: D.",
        "The left panel.",
    ],
)
def test_words_for_the_place_of_a_panel_are_found(caption):
    assert re.search(OF_A_PANEL, caption)


def test_words_for_a_side_of_a_line_are_allowed():
    assert not re.search(OF_A_PANEL, "**A.** Above 1 it is wrong. Below the line it is right.")


def test_captions_are_found():
    assert sum(len(captions(page)) for page in CHAPTERS) > 60


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_caption_does_not_say_where_a_panel_stands(page):
    """Narrow pages stack the panels: a caption tells them apart by what they show."""
    found = {
        name: match[0]
        for name, caption in captions(page).items()
        if (match := re.search(OF_A_PANEL, caption))
    }
    assert not found


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_caption_does_not_call_marks_black_or_white(page):
    """What is black on a light page is white on a dark one."""
    named = [n for n, text in captions(page).items() if re.search(r"(?i)\b(black|white)\b", text)]
    assert not named


def exercises(page):
    """The exercises of a chapter: title, what it asks, the code cells of its solution by tags."""
    text = (ROOT / page).read_text("utf-8")
    found = {}
    for title, body in re.findall(r"^`{4}\{exercise\}([^\n]*)\n(.*?)^`{4}$", text, re.S | re.M):
        label = re.match(r":label: (\S+)\n", body)
        name = label[1] if label else title.strip()
        solution = re.search(
            rf"^`{{4}}\{{solution-start\}} {re.escape(name)}\n(.*?)^`{{4}}\{{solution-end\}}",
            text,
            re.S | re.M,
        )
        cells = re.findall(
            r"^```\{code-cell\}[^\n]*\n(.*?)^```$", solution[1] if solution else "", re.S | re.M
        )
        found[name] = (bool(label), title.strip(), body, cells)
    return found


TAUGHT = [page for page in CHAPTERS if page.startswith("notebooks/")]


@pytest.mark.parametrize("page", TAUGHT)
def test_a_chapter_has_three_to_five_exercises(page):
    found = exercises(page)
    assert 3 <= len(found) <= 5
    for labeled, title, body, _ in found.values():
        assert labeled
        assert title
        assert re.search(r"\*\d+ minutes · (easy|medium|harder)\.\* ", body)


@pytest.mark.parametrize("page", TAUGHT)
def test_every_solution_checks_itself_and_one_is_a_function_to_write(page):
    """Tests that students see, and tests that they do not, come after the function."""
    written = 0
    for *_, cells in exercises(page).values():
        assert any("assert" in cell for cell in cells)
        tags = [re.match(r":tags: \[(.*)\]\n", cell) for cell in cells]
        kinds = [match[1] for match in tags if match and match[1] != "remove-cell"]
        if "stub" in kinds:
            written += 1
            assert kinds[0] == "stub"
            assert {"check", "hidden-check"} <= set(kinds)
        else:
            assert not {"check", "hidden-check"} & set(kinds)
    assert written >= 1


IN_A_LINE = re.compile(r"^ *[^\s:`].*?(?<![`:])(?::{3,}|`{3,})\{", re.M)


def test_a_directive_in_the_middle_of_a_line_is_found():
    assert IN_A_LINE.search("with the softmax along rows. :::{div} checked-by")
    assert not IN_A_LINE.search("along rows.\n\n:::{div} checked-by\n\n  ```{note}")


@pytest.mark.parametrize("page", PAGES)
def test_a_directive_begins_its_line(page):
    """In the middle of a line it is printed as it stands; its end opens a block for the rest."""
    text = (ROOT / page).read_text("utf-8")
    assert not IN_A_LINE.search(text)
    fences = re.findall(r"^ *(:{3,})(\{?)", text, re.M)
    assert sum(bool(name) for _, name in fences) * 2 == len(fences)


SHOWN_WIDTH = 78


def shown_code(page):
    """The lines of the cells that are not folded away."""
    text = (ROOT / page).read_text("utf-8")
    for cell in re.findall(r"^```\{code-cell\}[^\n]*\n(.*?)^```$", text, re.S | re.M):
        header = re.match(r"(?:---\n.*?^---\n|(?::[^\n]*\n)*)", cell, re.S | re.M)[0]
        if not re.search("hide-input|remove-cell|remove-input", header):
            yield from cell[len(header) :].splitlines()


def test_shown_code_is_found():
    assert sum(len(list(shown_code(page))) for page in CHAPTERS) > 2000


@pytest.mark.parametrize("page", CHAPTERS)
def test_shown_code_is_as_wide_as_the_page(page):
    """Wider lines end in a fade, and their ends are found by scrolling only."""
    assert not [line for line in shown_code(page) if len(line) > SHOWN_WIDTH]


# What becomes a link; numbers, by {glue:text}, do not.
LINKS = re.compile(r"\{(?!glue:)[\w:]+\}`|\]\(")


def answers(text):
    """The answers to choose from, of the questions of a page."""
    checks = re.findall(r"^(`{3,})\{self-check\}\n(.*?)^\1$", text, re.DOTALL | re.MULTILINE)
    return [line for _, body in checks for line in body.splitlines() if line.startswith("- [")]


def test_answers_and_links_in_them_are_found():
    body = "- [x] By {eq}`a`.\n\n  See {eq}`b`.\n\n- [ ] By {glue:text}`c:.0f` %.\n"
    found = answers(f"````{{self-check}}\nWhy?\n\n{body}````\n")
    assert found == ["- [x] By {eq}`a`.", "- [ ] By {glue:text}`c:.0f` %."]
    assert [bool(LINKS.search(answer)) for answer in found] == [True, False]


@pytest.mark.parametrize("page", CHAPTERS)
def test_an_answer_to_choose_has_no_link(page):
    """It is a button itself, and one within another cannot be reached by key."""
    assert [
        answer for answer in answers((ROOT / page).read_text("utf-8")) if LINKS.search(answer)
    ] == []


CODE = re.compile(
    r"^`{4}\{(?P<place>solution-(?:start|end))\}|^```\{code-cell\}[^\n]*\n(?P<cell>.*?)^```$",
    flags=re.DOTALL | re.MULTILINE,
)
HEAD = re.compile(r"\A(?:---\n.*?^---\n|(?::[^\n]*\n)+)", flags=re.DOTALL | re.MULTILINE)


def cells_of(text):
    """The code of a chapter, each with its head, and whether it stands in a solution."""
    inside = False
    for found in CODE.finditer(text):
        if found["place"]:
            inside = found["place"] == "solution-start"
            continue
        head = HEAD.match(found["cell"])
        yield head[0] if head else "", HEAD.sub("", found["cell"]), inside


def names_of(source):
    """What code binds at its top, and what it reads from there, in functions as well."""
    top = symtable.symtable(source, "cell", "exec")
    binds = {
        one.get_name()
        for one in top.get_symbols()
        if one.is_assigned() or one.is_imported() or one.is_namespace()
    }
    reads = {one.get_name() for one in top.get_symbols() if one.is_referenced()}
    inner = top.get_children()
    while inner:
        table = inner.pop()
        inner += table.get_children()
        reads |= {one.get_name() for one in table.get_symbols() if one.is_global()}
    return binds, reads


def lacking(text):
    """Names that tests of exercises read, and that only solutions would define."""
    known, missing = set(dir(builtins)), []
    for head, source, inside in cells_of(text):
        tests = "check" in head
        if inside and not tests and "stub" not in head:
            continue
        binds, reads = names_of(source)
        known |= binds
        if tests:
            missing += sorted(reads - known)
    return missing


@pytest.mark.parametrize("page", CHAPTERS)
def test_tests_of_exercises_need_no_other_solution(page):
    """Students' notebooks have no solutions: what tests read stands outside, or in the tests."""
    assert lacking((ROOT / page).read_text("utf-8")) == []


def test_a_name_that_only_a_solution_defines_is_noticed():
    text = (
        "```{code-cell} ipython3\nx = 1\n```\n\n````{solution-start} ex-one\n````\n\n"
        "```{code-cell} ipython3\ny = 2\n```\n\n```{code-cell} ipython3\n:tags: [stub]\n\n"
        "def f(t):\n    return t\n```\n\n```{code-cell} ipython3\n---\ntags: [check]\n---\n"
        "assert f(x) == len([x]) + sum(k for k in [0]) and f(y)\n```\n\n````{solution-end}\n````\n"
    )
    assert lacking(text) == ["y"]
