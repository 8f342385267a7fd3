"""The chapters as files: how they are saved, and which tests they name."""

import re
from pathlib import Path

import pytest

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
