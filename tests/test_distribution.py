"""What is built of the package for others to install."""

import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = ("pyproject.toml", "setup.py", "README.md", "LICENSE", "symtheory", "results")


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the repository, as far as the package goes, in which a wheel was built."""
    tree = tmp_path_factory.mktemp("tree")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            skipped = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, tree / name, ignore=skipped)
        else:
            shutil.copy(ROOT / name, tree)
    build = f"from setuptools.build_meta import build_wheel; build_wheel({str(tree / 'wheels')!r})"
    (tree / "wheels").mkdir()
    subprocess.run([sys.executable, "-c", build], cwd=tree, check=True, capture_output=True)
    return tree


def test_a_build_leaves_nothing_in_the_tree(tree):
    assert sorted(path.name for path in tree.iterdir()) == sorted([*NEEDED, "wheels"])


def test_a_wheel_holds_every_file_of_the_package(tree):
    (wheel,) = (tree / "wheels").iterdir()
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if name.startswith("symtheory/")}
    files = {
        path.relative_to(tree).as_posix()
        for path in (tree / "symtheory").rglob("*")
        if path.is_file()
    }
    files |= {f"symtheory/{path.relative_to(tree)}" for path in (tree / "results").iterdir()}
    assert "symtheory/book/explorers/two_circles/widget.mjs" in files
    assert files >= {"symtheory/book/figure.css", "symtheory/results/depth-mnist.npz"}
    assert packed == files
