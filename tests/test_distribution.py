"""What is built of the package for others to install."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
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


@pytest.mark.slow
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
    kept = (path for path in (tree / "results").rglob("*") if path.is_file())
    files |= {f"symtheory/{path.relative_to(tree)}" for path in kept}
    assert "symtheory/book/explorers/two_circles/widget.mjs" in files
    assert files >= {"symtheory/book/figure.css", "symtheory/results/depth-mnist.npz"}
    assert packed == files


# What needs these says so; a notebook has IPython, and no numbers for the prose of pages.
APART = {"IPython", "dask", "distributed", "flax", "myst_nb", "neural_tangents", "torch"}
# What the others bring.
BROUGHT = {"PIL": "matplotlib", "cycler": "matplotlib", "traitlets": "ipywidgets"}


def imports(code):
    """The names of the packages that code imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(code)))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    plain |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    return {name.partition(".")[0] for name in plain}


@pytest.mark.slow
def test_with_its_part_for_notebooks_the_package_brings_what_chapters_import():
    """Installed so, a notebook runs where nothing of the book is, as on Colab."""
    sources = [path.read_text("utf-8") for path in (ROOT / "symtheory").rglob("*.py")]
    for path in (ROOT / "notebooks").rglob("*.md"):
        cells = re.findall(
            r"^```\{code-cell\}[^\n]*\n(.*?)^```$", path.read_text("utf-8"), re.S | re.M
        )
        # Without the lines that are for the notebook: tags and captions.
        sources += [
            re.sub(r"\A(---\n.*?^---\n|(:.*\n)+)", "", one, flags=re.S | re.M) for one in cells
        ]
    imported = set().union(*map(imports, sources)) - APART - {"symtheory"}
    assert {"jax", "matplotlib", "anywidget"} <= imported
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    brought = project["dependencies"] + project["optional-dependencies"]["notebooks"]
    names = {re.match(r"[\w.-]+", one)[0].lower() for one in brought}
    of_import = packages_distributions() | {name: [one] for name, one in BROUGHT.items()}
    missing = {
        name
        for name in imported - sys.stdlib_module_names
        if not names & {one.lower() for one in of_import.get(name, ())}
    }
    assert not missing
