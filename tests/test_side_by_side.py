"""Chapters executed side by side, each a page with a cell or two."""

import importlib
import os
from pathlib import Path

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

from small_site import Site
from sphinx.errors import ExtensionError

# What Sphinx and its extensions do is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")

PAGES = ("index", "two")


@pytest.fixture(scope="module")
def side_by_side():
    """Imported when a test runs: that takes seconds, which only one of several processes need."""
    return importlib.import_module("side_by_side")


def chapter(*cells: str) -> str:
    blocks = "".join(f"```{{code-cell}} ipython3\n{cell}\n```\n\n" for cell in cells)
    header = "file_format: mystnb\nkernelspec: {name: python3}\norphan: true"
    return f"---\n{header}\n---\n# Page\n\n{blocks}"


def note(log: Path) -> str:
    """A cell that says on one line where and with how many threads it runs."""
    return (
        f"import os\nwith open({str(log)!r}, 'a') as file:\n"
        "    print(os.environ['OMP_NUM_THREADS'], os.getcwd(), file=file)"
    )


def lines(log: Path) -> list[list[str]]:
    return [line.split() for line in log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def site(side_by_side, tmp_path, monkeypatch):
    monkeypatch.delenv("SYMTHEORY_DATA", raising=False)
    for name in side_by_side.THREADS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(side_by_side.SETTING, "2")
    # Sphinx executes nothing itself: what it reads must be in the cache.
    monkeypatch.setattr("myst_nb.core.execute.cache.single_nb_execution", None)
    site = Site(tmp_path, "execution_hash", "side_by_side", notebooks=True)
    site.config |= {
        "nb_execution_mode": "cache",
        "nb_execution_timeout": 60,
        "nb_execution_raise_on_error": True,
        "nb_execution_show_tb": True,
    }
    return site


@pytest.mark.slow
def test_chapters_run_at_once_and_again_only_when_the_package_changes(side_by_side, site, tmp_path):
    log = tmp_path / "runs.txt"
    # Each waits for the other: in turn, none would end.
    meet = f"while len(open({str(log)!r}).readlines()) < 2: pass\nprint('met')"
    pages = {name: chapter(note(log), meet, repr(name)) for name in PAGES}
    site.write(**pages)
    assert site.build() == 0, site.warnings
    assert all("met" in site.page(name) for name in PAGES)
    share = max(1, side_by_side.cores() // 2)
    assert lines(log) == [[str(share), str(tmp_path)]] * 2
    site.write(two=pages["two"] + "More prose.\n")
    assert site.build() == 0, site.warnings
    assert "More prose." in site.page("two")
    assert len(lines(log)) == 2
    (tmp_path / "symtheory").mkdir()
    (tmp_path / "symtheory" / "module.py").write_text("one = 1", encoding="utf-8")
    assert site.build() == 0, site.warnings
    assert len(lines(log)) == 4


@pytest.mark.slow
def test_a_failed_chapter_is_named_and_the_others_are_kept(site, tmp_path):
    log = tmp_path / "runs.txt"
    site.write(index=chapter("wrong = 1 / 0", note(log)), two=chapter(note(log)))
    with pytest.raises(ExtensionError, match="Expected every chapter .* errors in index"):
        site.build()
    assert "ZeroDivisionError" in site.warnings
    assert "index" in site.warnings
    assert len(lines(log)) == 1
    site.write(index=chapter("right = 1"))
    assert site.build() == 0, site.warnings
    assert len(lines(log)) == 1


@pytest.mark.slow
def test_what_a_cell_writes_to_stderr_fails_the_build(site):
    site.config["nb_output_stderr"] = "warn"
    site.write(index=chapter("import warnings\nwarnings.warn('beware')"))
    assert site.build() == 1
    assert "stderr" in site.warnings


def test_the_longest_comes_first_and_the_unknown_before_all(side_by_side, tmp_path):
    import nbformat

    def made(name: str, code: str) -> side_by_side.Chapter:
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
        return side_by_side.Chapter(name, tmp_path / name, notebook)

    chapters = [made("short", "1"), made("long", "1"), made("new", "1"), made("newer", "1 + 1")]
    seconds = {str(tmp_path / "short"): 1.0, str(tmp_path / "long"): 2.0}
    order = [chapter.docname for chapter in side_by_side.longest_first(chapters, seconds)]
    assert order == ["newer", "new", "long", "short"]


def test_seconds_are_those_of_the_last_run(side_by_side, tmp_path):
    import nbformat

    for age, seconds in ((2, 5.0), (1, 7.0)):
        folder = tmp_path / f"cache-{age}"
        cache = side_by_side.get_cache(folder)
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
        cache.cache_notebook_bundle(
            side_by_side.CacheBundleIn(notebook, "page", data={"execution_seconds": seconds}),
            check_validity=False,
        )
        os.utime(folder, (1000 - age, 1000 - age))
    assert side_by_side.seconds_before(tmp_path) == {"page": 7.0}


@pytest.mark.parametrize("setting", ["0", "-1", "two", "1.5"])
def test_a_bad_setting_is_one_clear_error(side_by_side, monkeypatch, setting):
    monkeypatch.setenv(side_by_side.SETTING, setting)
    with pytest.raises(ExtensionError, match=r"Expected CHAPTERS_AT_ONCE .* Got .* Try"):
        side_by_side.chapters_at_once()


def test_there_is_one_chapter_a_core_unless_told_otherwise(side_by_side, monkeypatch):
    monkeypatch.delenv(side_by_side.SETTING, raising=False)
    assert side_by_side.chapters_at_once() == side_by_side.cores() >= 1
