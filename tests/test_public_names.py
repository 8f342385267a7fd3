"""What may be imported, by whom, and under which name."""

import subprocess
import sys
from pathlib import Path

import pytest

import symtheory

ROOT = Path(symtheory.__file__).parent


def rooms() -> list[str]:
    """Names of the modules and packages in the first level of the package."""
    found = [path.stem for path in ROOT.glob("*.py")]
    found += [path.parent.name for path in ROOT.glob("*/__init__.py")]
    return sorted(name for name in found if not name.startswith("_"))


def test_every_room_is_listed():
    warnings = ["IllConditionedWarning", "SymmetryWarning"]
    assert symtheory.__all__ == [*warnings, *rooms()]


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
