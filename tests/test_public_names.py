"""What may be imported, by whom, and under which name."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

import symtheory

ROOT = Path(symtheory.__file__).parent
PAGES = sorted(
    path
    for folder in ("book", "notebooks")
    for path in (ROOT.parent / folder).rglob("*.md")
    if "```python" in path.read_text("utf-8") or "{code-cell}" in path.read_text("utf-8")
)
# Functions of one name in two places, that agree in everything but what they are given.
AGREE = {
    "held_out_prediction",  # from a Gram matrix, and from its blocks
    "load",  # a data set by its name, a record by its file
    "measure",  # errors and what they are made of: of given Gram matrices, of images to be rotated
}


def rooms() -> list[str]:
    """Names of the modules and packages in the first level of the package."""
    found = [path.stem for path in ROOT.glob("*.py")]
    found += [path.parent.name for path in ROOT.glob("*/__init__.py")]
    return sorted(name for name in found if not name.startswith("_"))


def test_every_room_is_listed():
    warnings = ["IllConditionedWarning", "SymmetryWarning"]
    assert symtheory.__all__ == [*warnings, *sorted([*rooms(), "diagnose"])]


@pytest.mark.parametrize("name", symtheory.__all__)
def test_every_listed_name_is_an_attribute(name):
    assert getattr(symtheory, name).__name__.rsplit(".", 1)[-1] == name
    assert name in dir(symtheory)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'symtheory' has no attribute 'spectra'"):
        symtheory.spectra  # noqa: B018


def test_rooms_are_imported_when_they_are_asked_for():
    program = (
        "import sys, symtheory; assert 'jax' not in sys.modules; symtheory.spectral; "
        "assert 'jax' in sys.modules; assert 'symtheory.networks' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def modules() -> list[str]:
    """Names of all modules without an underscore, packages among them."""
    found = []
    for path in ROOT.rglob("*.py"):
        parts = list(path.relative_to(ROOT.parent).with_suffix("").parts)
        if parts[-1] == "__init__":
            parts.pop()
        if not any(part.startswith("_") for part in parts) and len(parts) > 1:
            found.append(".".join(parts))
    return sorted(found)


def says_nothing(module: str) -> bool:
    """Whether a package has no more than a docstring."""
    source = inspect.getsource(importlib.import_module(module))
    return len(ast.parse(source).body) == 1


@pytest.fixture(scope="module", autouse=True)
def plotting():
    """Without what draws, the modules of the book cannot be imported."""
    for needed in ("anywidget", "matplotlib"):
        pytest.importorskip(needed)


def test_every_module_lists_its_public_names():
    for name in modules():
        module = importlib.import_module(name)
        if not says_nothing(name):
            assert hasattr(module, "__all__"), f"{name} has no __all__"
            assert len(set(module.__all__)) == len(module.__all__) <= 40, name
            assert not [public for public in module.__all__ if public.startswith("_")], name
            assert not [public for public in module.__all__ if not hasattr(module, public)], name


def test_what_a_module_defines_without_an_underscore_is_listed():
    """What is meant for one module alone has an underscore, so that no name is in between."""
    for name in modules():
        module = importlib.import_module(name)
        own = {
            key
            for key, value in vars(module).items()
            if not key.startswith("_")
            and (inspect.isfunction(value) or inspect.isclass(value))
            and value.__module__ == name
        }
        assert own <= set(getattr(module, "__all__", own)), name


def test_no_two_functions_of_one_name_mean_different_things():
    """Neither among the rooms, nor among the modules of one folder.

    Experiments are alike by design: each plans, computes and shows, in a folder of its own.
    """
    names = modules()
    neighbors = defaultdict(set)
    for name in names:
        room, _, module = name.rpartition(".")
        if module not in ("run", "settings", "table"):
            neighbors[room].add(name)
    for folder, together in neighbors.items():
        places = defaultdict(dict)
        for name in sorted(together):
            module = importlib.import_module(name)
            for key in getattr(module, "__all__", ()):
                if inspect.isfunction(getattr(module, key)):
                    places[key].setdefault(getattr(module, key), name)
        twice = {key: list(found.values()) for key, found in places.items() if len(found) > 1}
        assert set(twice) <= AGREE, f"{folder}: {twice}"


def code(page: Path) -> str:
    """The Python of a page: its cells, without magics, and its listings."""
    cells = re.findall(
        r"^```(?:\{code-cell\} ipython3|python)\n(?:---\n.*?\n---\n|(?::[^\n]*\n)+)?(.*?)^```",
        page.read_text("utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    return "\n".join(re.sub(r"^[%!].*$", "", cell, flags=re.MULTILINE) for cell in cells)


def is_module(name: str) -> bool:
    path = ROOT.parent.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def private_names(source: str) -> list[str]:
    """What code takes from the package without being offered it."""
    tree, aliases, private = ast.parse(source), {}, []

    def take(module: str, name: str) -> None:
        offered = name in getattr(importlib.import_module(module), "__all__", ())
        full = f"{module}.{name}"
        if "._" in full or not (offered or is_module(full)):
            private.append(full)

    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("symtheory"):
            for alias in node.names:
                take(node.module, alias.name)
                if is_module(f"{node.module}.{alias.name}"):
                    aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            module = aliases.get(node.value.id)
            if module:
                take(module, node.attr)
    return private


def test_private_names_are_noticed():
    source = (
        "from symtheory import spectral\nfrom symtheory.spectral import errors, spectrum\n"
        "from symtheory._checks import poison\nspectral.np\nspectral.spectrum(errors._held)\n"
    )
    assert private_names(source) == [
        "symtheory._checks.poison",
        "symtheory.spectral.np",
        "symtheory.spectral.errors._held",
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_pages_use_public_names_only(page):
    assert private_names(code(page)) == []


def test_what_an_argument_is_takes_more_than_a_letter() -> None:
    """ "n: N." would be read as the first item of a list."""
    short = [
        f"{path.name}: {line.strip()}"
        for path in ROOT.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.fullmatch(r"\s+\w+: (\w|\d+)\.\s*", line)
    ]
    assert not short
