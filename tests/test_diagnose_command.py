"""What `symtheory diagnose` keeps, checks and says, whatever it diagnoses."""

import shlex
from pathlib import Path

import click
import numpy as np
import pytest
from click.testing import CliRunner

from symtheory.cli import diagnose as command
from symtheory.cli.app import cli, run
from symtheory.datasets import load_digits
from symtheory.diagnosis import Diagnosis


@pytest.fixture
def archive(tmp_path):
    """Four digits each of two classes, at an eighth of their size."""
    digits = load_digits()
    chosen = np.concatenate([np.flatnonzero(digits.labels == c)[:4] for c in (4, 7)])
    path = tmp_path / "own.npz"
    np.savez(path, images=digits.images[chosen, ::4, ::4], labels=digits.labels[chosen])
    return path


def invoke(*arguments):
    return CliRunner().invoke(cli, ["diagnose", *map(str, arguments)])


def parsed(words):
    """The settings of a command, by name."""
    return command.diagnose.make_context("diagnose", list(words)).params


@pytest.mark.parametrize(
    "typed",
    [
        ["digits"],
        ["digits", "--seed", "0", "--ridge", "0", "--as-is"],
        ["digits", "--normalize", "--seeds", "3", "--missing", "4:0", "--missing", "7:1,2"],
        ["digits", "--network", "rbf", "--network", "mlp:depth=3", "--poses-up-to", "16"],
    ],
)
def test_the_command_that_is_kept_is_the_one_that_was_typed(typed):
    context = command.diagnose.make_context("diagnose", list(typed))
    program, name, *words = shlex.split(command._typed(context))
    assert (program, name) == ("symtheory", "diagnose")
    assert parsed(words) == parsed(typed)


@pytest.mark.slow
def test_the_command_that_is_kept_gives_the_same_again(archive, tmp_path):
    first = tmp_path / "first.npz"
    typed = [archive, "--group", "rotations:4", "--network", "rbf", "--seed", 0, "--as-is"]
    assert invoke(*typed, "--seeds", 3, "--ridge", 1e-8, "--save", first).exit_code == 0
    found = Diagnosis.load(first)
    _, _, *words = shlex.split(found.provenance["command"])
    again = tmp_path / "again.npz"
    assert invoke(*words, "--save", again).exit_code == 0
    assert Diagnosis.load(again).provenance["dataset_hash"] == found.provenance["dataset_hash"]
    np.testing.assert_array_equal(Diagnosis.load(again).margin, found.margin)


@pytest.mark.parametrize("option, path", [("--html", "file/x.html"), ("--save", "file/x.npz")])
def test_files_that_cannot_be_written_are_refused_before_any_work(
    archive, tmp_path, monkeypatch, capsys, option, path
):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("in the way", encoding="utf-8")
    monkeypatch.setattr(command, "as_data", None)  # what would be called first
    assert run(["diagnose", str(archive), option, path]) == 1
    assert f"symtheory: Expected to write {path}. Got: " in capsys.readouterr().err
    assert run(["diagnose", str(archive), "--save", "found"]) == 2
    assert "Try --save found.npz." in capsys.readouterr().err


def test_a_pose_that_is_none_is_refused_before_a_matrix_is_made_in_parts(
    archive, tmp_path, monkeypatch
):
    monkeypatch.setattr("symtheory.cli.kept_gram.kept_gram", None)  # what would be called then
    kept = ["--save", tmp_path / "found.npz", "--resume"]
    result = invoke(archive, "--group", "rotations:4", "--missing", "4:9", *kept)
    assert result.exit_code == 1 and "pose" in str(result.exception)


@pytest.mark.slow
@pytest.mark.filterwarnings("default::symtheory.SymmetryWarning")
def test_folders_of_files_are_made_and_warnings_are_lines(archive, tmp_path):
    symmetric = tmp_path / "symmetric.npz"
    with np.load(archive) as kept:
        images = kept["images"] + np.rot90(kept["images"], 2, axes=(1, 2))
        np.savez(symmetric, images=images, labels=kept["labels"])
    page, saved = tmp_path / "a" / "page.html", tmp_path / "b" / "found.npz"
    result = invoke(symmetric, "--group", "rotations:4", "--html", page, "--save", saved)
    assert result.exit_code == 0, result.output
    assert page.exists() and saved.exists()
    warned = [line for line in result.stderr.splitlines() if line]
    assert warned and all(line.startswith("symtheory: ") for line in warned)


def test_a_seed_is_no_negative_number(archive):
    result = invoke(archive, "--seed", -1)
    assert result.exit_code == 2 and "x>=0" in result.output


@pytest.mark.skipif(
    not hasattr(click.exceptions, "NoArgsIsHelpError"), reason="click prints the help itself"
)
@pytest.mark.parametrize("group", ["data", "reproduce"])
def test_a_group_of_commands_alone_prints_its_help(group, capsys):
    assert run([group]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith(f"Usage: symtheory {group}") and len(lines) > 5
