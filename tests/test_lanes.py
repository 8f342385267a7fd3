"""Two lanes of tests: `make test` before each commit, and `make test-all`, with the slow ones."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted(Path(__file__).parent.glob("test_*.py"))
# File by file: why all tests of a file may be slow.
SLOW_ALONE: dict[str, str] = {}


def is_slow(test: ast.FunctionDef) -> bool:
    """Whether all of a test is marked; where some of its values are, others are left."""
    return any(ast.unparse(one) == "pytest.mark.slow" for one in test.decorator_list)


def lanes(path: Path) -> tuple[list[str], list[str]]:
    """Names of quick and of slow tests."""
    tree = ast.parse(path.read_text("utf-8"))
    tests = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    whole = any(
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "pytestmark"
        and "pytest.mark.slow" in ast.unparse(node.value)
        for node in tree.body
    )
    quick = [test.name for test in tests if not (whole or is_slow(test))]
    return quick, [test.name for test in tests if test.name not in quick]


def test_every_file_keeps_quick_tests() -> None:
    found = {path.stem: lanes(path) for path in FILES}
    assert {name for name, (quick, _) in found.items() if not quick} == set(SLOW_ALONE)
    assert sum(len(slow) for _, slow in found.values()) > 100


@pytest.mark.parametrize(
    ("source", "quick"),
    [
        ("@pytest.mark.slow\ndef test_a(): ...\n", []),
        ("@pytest.mark.slow\n@given(x)\ndef test_a(): ...\ndef test_b(): ...\n", ["test_b"]),
        ("pytestmark = pytest.mark.slow\ndef test_a(): ...\n", []),
        ("pytestmark = [pytest.mark.slow, other]\ndef test_a(): ...\n", []),
        ("@pytest.mark.parametrize('x', [1, slow(2)])\ndef test_a(x): ...\n", ["test_a"]),
    ],
)
def test_marks_are_read_as_pytest_reads_them(source: str, quick: list[str], tmp_path: Path) -> None:
    path = tmp_path / "test_one.py"
    path.write_text(source, encoding="utf-8")
    assert lanes(path)[0] == quick


@pytest.mark.skipif(
    shutil.which("make") is None or not (ROOT / "Makefile").is_file(),
    reason="needs make, and the Makefile",
)
def test_the_two_lanes_differ_in_the_mark_alone() -> None:
    quick, every = (
        subprocess.run(
            ["make", "--dry-run", lane], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout.splitlines()
        for lane in ("test", "test-all")
    )
    mark = ' -m "not slow"'
    assert sum(mark in line for line in quick) == 1
    assert [line.replace(mark, "").rstrip() for line in quick] == [line.rstrip() for line in every]


def test_pages_say_both_lanes_in_the_same_words() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    readme = (ROOT / "README.md").read_text("utf-8")
    for lane in ("test", "test-all"):
        (helped,) = re.findall(rf'^\t@echo "make {lane} +(.*)"$', makefile, flags=re.MULTILINE)
        (listed,) = re.findall(rf"^make {lane} +# (.*)$", readme, flags=re.MULTILINE)
        assert helped == listed
    stages = (ROOT / ".ci" / "run").read_text("utf-8")
    assert re.findall(r'^stage "make test(?:-all)?" (.*)$', stages, flags=re.MULTILINE) == [
        "make test-all"
    ]
