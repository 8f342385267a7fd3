"""What make does to the path of the data on its way to the programs that it runs."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RULE = 'include Makefile\nshow:\n\t@$(WITH_DATA) printf %s "$$SYMTHEORY_DATA"\n'

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or not (ROOT / "Makefile").is_file(),
    reason="needs make, and the Makefile",
)


@pytest.mark.parametrize(
    ("given", "folder"),
    [
        ("", ""),
        ("data", f"{ROOT}/data"),
        ("my data", f"{ROOT}/my data"),
        ("/my data/$HOME $(BIN)", "/my data/$HOME $(BIN)"),
        ("cash$money", f"{ROOT}/cash$money"),
        ("~/data", "~/data"),
    ],
)
def test_the_folder_of_data_arrives_whole_and_absolute(given: str, folder: str) -> None:
    result = subprocess.run(
        ["make", "--silent", "--file=-", "show"],
        cwd=ROOT,
        env=os.environ | {"SYMTHEORY_DATA": given},
        input=RULE,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == folder


def test_every_command_that_may_read_data_is_told_where_it_is() -> None:
    recipes = [line for line in (ROOT / "Makefile").read_text().splitlines() if line[:1] == "\t"]
    for command in ("jupyter-book build", "pytest ", "jupyter lab "):
        lines = [line for line in recipes if command in line and "@echo" not in line]
        assert lines and all(line.startswith("\t$(WITH_DATA) ") for line in lines)


def test_every_command_is_listed_and_every_one_that_is_named_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    (line,) = re.findall(r"^\.PHONY: (.*)$", makefile, flags=re.MULTILINE)
    targets = set(line.split())
    assert all(re.search(rf"^{target}:", makefile, flags=re.MULTILINE) for target in targets)
    listed = set(re.findall(r'^\t@echo "make ([\w-]+)', makefile, flags=re.MULTILINE))
    assert listed == targets - {"help"}
    for page, form in (
        ("README.md", r"(?:`|^)make ([\w-]+)"),
        (".ci/run", r'^stage "[^"]*" make ([\w-]+)'),
    ):
        named = set(re.findall(form, (ROOT / page).read_text("utf-8"), flags=re.MULTILINE))
        assert {"book", "test-frameworks"} <= named <= targets
    environments = set(re.findall(r"^\w+ *:= (\.venv\S*)$", makefile, flags=re.MULTILINE))
    ignored = (ROOT / ".gitignore").read_text("utf-8").split()
    assert environments == {entry.rstrip("/") for entry in ignored if entry.startswith(".venv")}
