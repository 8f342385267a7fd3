"""Which students' notebooks are run where there is no time for all."""

import subprocess

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

import nbformat
from click.testing import CliRunner
from course import checking
from course.choosing import History, choose, names, read_history

CHAPTERS = [f"part/{name}" for name in "abcdefgh"]


@pytest.fixture
def clone(tmp_path):
    """A clone in a folder of a repository, whose name git would put into quotes."""
    root = tmp_path / "räpository" / "book"
    (root / "notebooks" / "part").mkdir(parents=True)

    def git(*arguments):
        who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True)

    def change(*chapters):
        for name in chapters:
            with (root / "notebooks" / f"{name}.md").open("a", encoding="utf-8") as file:
                file.write("more\n")

    git("init")
    for changed in (CHAPTERS, ["part/a", "part/b"], ["part/c"]):
        change(*changed)
        (root / "code.py").write_text(str(changed), encoding="utf-8")
        git("add", ".")
        git("commit", "--message", "A change")
    return root, change


def test_the_history_says_when_chapters_changed(clone):
    root, change = clone
    found = read_history(root)
    assert [set(changed) for _, changed in found.changes] == [
        set(),
        {"part/c"},
        {"part/a", "part/b"},
        set(CHAPTERS),
    ]
    assert found.head.startswith(found.changes[1][0])
    change("part/d", "part/new")
    commit, changed = read_history(root).changes[0]
    assert commit == ""
    assert set(changed) == {"part/d", "part/new"}


def test_other_files_are_no_chapters():
    assert names("notebooks/part/a.md\nnotebooks/part/data.json\n") == ("part/a",)


def test_those_that_changed_last_are_chosen_and_as_many_others(clone):
    root, change = clone
    change("part/d")
    chosen = choose(read_history(root), CHAPTERS, 3)
    assert len(chosen) == 6
    reasons = list(chosen.items())
    assert reasons[0] == ("part/d", "changed, not committed")
    assert reasons[1][0] == "part/c"
    assert reasons[1][1].startswith("changed in ")
    assert reasons[2][0] in ("part/a", "part/b")
    assert all(reason.startswith("in turn") for _, reason in reasons[3:])


def test_whoever_has_a_commit_chooses_alike():
    history = History("5" * 40, (("", ()), ("5555555", ("part/a",))))
    assert choose(history, CHAPTERS, 2) == choose(history, CHAPTERS[::-1], 2)


def test_all_have_their_turn_also_of_many_that_changed_together():
    seen = {"changed": set(), "in": set()}
    for commit in range(40):
        history = History(f"{commit:040}", (("1234567", tuple(CHAPTERS)),))
        for name, reason in choose(history, CHAPTERS, 2).items():
            seen[reason.split()[0]].add(name)
    assert seen["changed"] == seen["in"] == set(CHAPTERS)


def test_all_are_chosen_if_there_are_no_more_and_chapters_that_are_gone_are_not():
    history = History("5" * 40, (("1234567", ("part/gone", "part/a")),))
    assert sorted(choose(history, CHAPTERS, 20)) == CHAPTERS


def run(folder, *arguments):
    (folder / "student").mkdir(exist_ok=True)
    return CliRunner().invoke(checking.main, [str(folder), *arguments])


def test_where_there_is_no_history_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    result = run(tmp_path, "--some", "5")
    assert result.exit_code == 2
    assert "Expected a folder with a git history" in result.output
    assert "Try a clone" in result.output


def test_neither_none_nor_both_names_and_a_number(clone, tmp_path, monkeypatch):
    monkeypatch.chdir(clone[0])
    assert "Expected a positive number of chapters. Got 0." in run(tmp_path, "--some", "0").output
    assert "Expected names of chapters or a number" in run(tmp_path, "a", "--some", "1").output


@pytest.mark.slow
def test_what_is_run_is_said_and_why(clone, tmp_path, monkeypatch):
    monkeypatch.chdir(clone[0])
    for variant in ("student", "solutions"):
        for name in ("part/b", "part/c"):
            path = tmp_path / variant / f"{name}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(nbformat.v4.new_notebook(), path)
    result = run(tmp_path, "--some", "1")
    assert result.exit_code == 0, result.output
    assert "part/c: changed in " in result.output
    assert "part/b: in turn, drawn by " in result.output
    assert "2 of 2 chapters are run." in result.output
    assert "part/c: right" in result.output
