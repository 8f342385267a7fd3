"""The two-circles explorer: its numbers in Python and in the page, its traits, its picture."""

import base64
import itertools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import mpmath
import numpy as np
import pytest
import traitlets

from symtheory import kernels, spectral
from symtheory.book.explorers.base import WIDGET_VIEW
from symtheory.book.explorers.two_circles import TwoCirclesExplorer, circle_eigenvalues
from symtheory.datasets import two_circles

ORDERS = (4, 5, 6, 9, 16, 24, 33, 48)
SEPARATIONS = (0.0, 0.05, 0.5, 1.0, 3.0)
LENGTHS = (0.3, 0.85, 1.0, 1.4, 3.0)
RIDGE = 1e-5
GRID = [*itertools.product(ORDERS, SEPARATIONS, LENGTHS, [RIDGE]), (6, 1.0, 1.0, 1e-10)]


def settings(n, separation, inverse_length, ridge):
    return {"n": n, "separation": separation, "inverse_length": inverse_length, "ridge": ridge}


def gram(n, separation, inverse_length):
    return kernels.gram(kernels.RBF(inverse_length), two_circles(n, separation))


@pytest.mark.parametrize("n", [4, 9, 24])
@pytest.mark.parametrize("separation", [0.0, 0.05, 3.0])
@pytest.mark.parametrize("inverse_length", [0.3, 1.4, 3.0])
def test_eigenvalues_to_the_last_digits(n, separation, inverse_length):
    """The definition, in 40 digits. Nothing cancels: 1e-13 has room for some hundred roundings."""
    with mpmath.workdps(40):
        size = 2 * n
        cosine = [mpmath.cos(2 * mpmath.pi * j / size) for j in range(size)]
        length, gap = mpmath.mpf(inverse_length), mpmath.mpf(separation)
        row = [
            mpmath.exp(-(length**2) * (2 - 2 * cosine[j] + (gap**2 if j % 2 else 0)))
            for j in range(size)
        ]
        expected = [
            mpmath.mpf(RIDGE) + mpmath.fsum(row[j] * cosine[j * k % size] for j in range(size))
            for k in range(size)
        ]
        eigenvalues = circle_eigenvalues(n, separation, inverse_length, RIDGE)
        worst = max(
            abs(mpmath.mpf(float(a)) / b - 1) for a, b in zip(eigenvalues, expected, strict=True)
        )
    assert worst < 1e-13


@pytest.mark.parametrize("n", [5, 16, 48])
def test_numbers_are_the_packages(n):
    """`spectral.spectrum` rounds the kernel's values, which moves λ ≥ ridge by up to some 2N ε."""
    for separation, inverse_length in itertools.product(SEPARATIONS, LENGTHS):
        explorer = TwoCirclesExplorer(n=n, separation=separation, inverse_length=inverse_length)
        package = spectral.spectrum(gram(n, separation, inverse_length), ridge=explorer.ridge)
        tolerance = 4 * 2 * n * np.finfo(float).eps / explorer.ridge
        np.testing.assert_allclose(package.eigenvalues, explorer.eigenvalues, rtol=tolerance)
        np.testing.assert_allclose(
            package.last_eigenvalue, explorer.last_eigenvalue, rtol=tolerance
        )
        np.testing.assert_allclose(package.mean_inverse, explorer.mean_inverse, rtol=tolerance)
        np.testing.assert_allclose(package.error, explorer.spectral_error, rtol=tolerance)


@pytest.mark.parametrize("separation", [0.0, 0.3, 1.0, 2.0])
def test_ten_digits_of_the_package_where_it_has_them(separation):
    explorer = TwoCirclesExplorer(separation=separation)
    package = spectral.circulant_spectral_error(gram(6, separation, 1.0), ridge=explorer.ridge)
    np.testing.assert_allclose(package, explorer.spectral_error, rtol=1e-10)


def test_javascript_equals_python(tmp_path):
    """Ten digits are promised; twelve are kept."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not on this machine: the page's numbers are tested where it is")
    cases = []
    for number, values in enumerate(GRID):
        explorer = TwoCirclesExplorer(**settings(*values))
        case = settings(*values) | {
            "eigenvalues": explorer.eigenvalues.tolist(),
            "last_eigenvalue": explorer.last_eigenvalue,
            "mean_inverse": explorer.mean_inverse,
            "error": explorer.spectral_error,
        }
        if number % 7 == 0:  # the points and the row as well
            n = values[0]
            interleaved = two_circles(n, values[1]).swapaxes(0, 1).reshape(2 * n, 3)
            row = kernels.RBF(values[2])(interleaved[:1], interleaved)[0]
            case |= {"points": interleaved.tolist(), "row": np.asarray(row).tolist()}
        cases.append(case)
    traits = TwoCirclesExplorer.class_traits()
    ranges = {
        name: [traits[name].low, traits[name].high]
        for name in ("n", "separation", "inverse_length")
    }
    golden = tmp_path / "golden.json"
    golden.write_text(
        json.dumps({"ranges": ranges, "tolerance": 1e-12, "cases": cases}), encoding="utf-8"
    )
    run = subprocess.run(
        [node, "--test", str(Path(__file__).with_name("explorer.test.mjs"))],
        env={**os.environ, "GOLDEN": str(golden)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"pass [1-9]", run.stdout), run.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n", 3),
        ("n", 49),
        ("n", 6.0),
        ("n", True),
        ("n", "6"),
        ("separation", -0.1),
        ("separation", float("nan")),
        ("separation", None),
        ("inverse_length", 0),
        ("inverse_length", float("inf")),
        ("ridge", 0.0),
        ("ridge", 2.0),
        ("playing", "ridge"),
        ("playing", 1),
    ],
)
def test_a_bad_value_is_one_clear_error(name, value):
    explorer = TwoCirclesExplorer()
    before = getattr(explorer, name)
    with pytest.raises(ValueError, match=rf"Expected {name}, .* Got .* Try {name}="):
        setattr(explorer, name, value)
    assert getattr(explorer, name) == before
    with pytest.raises(ValueError, match="Expected"):
        TwoCirclesExplorer(**{name: value})


def test_numbers_of_numpy_are_numbers():
    explorer = TwoCirclesExplorer(n=np.int64(8), separation=np.float64(0.5), inverse_length=2)
    assert (explorer.n, explorer.separation, explorer.inverse_length) == (8, 0.5, 2.0)
    assert [
        type(value) for value in (explorer.n, explorer.separation, explorer.inverse_length)
    ] == [int, float, float]


def test_all_settings_travel_to_the_page():
    state = TwoCirclesExplorer(n=7, playing="n").get_state()
    shown = {
        name: state[name] for name in ("n", "separation", "inverse_length", "ridge", "playing")
    }
    assert shown == {
        "n": 7,
        "separation": 1.0,
        "inverse_length": 1.0,
        "ridge": RIDGE,
        "playing": "n",
    }


def test_python_sees_what_changes():
    explorer, seen = TwoCirclesExplorer(), []
    explorer.observe(seen.append, "separation")
    explorer.set_state({"separation": 0.25})  # as the page does
    assert [change["new"] for change in seen] == [0.25]
    assert isinstance(TwoCirclesExplorer.separation, traitlets.TraitType)


@pytest.mark.slow
def test_the_picture_and_its_words():
    explorer = TwoCirclesExplorer(separation=0.0)
    data, _ = explorer._repr_mimebundle_()
    assert data[WIDGET_VIEW]["model_id"] == explorer.model_id
    assert data["text/plain"] == explorer.alt
    assert f"{explorer.spectral_error:.3g}, above 1" in explorer.alt
    assert "wrongly" in explorer.alt
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    page = data["text/html"]
    view = re.search(rf'<script type="{re.escape(WIDGET_VIEW)}">(.*?)</script>', page)
    assert json.loads(view[1])["model_id"] == explorer.model_id
    assert "data-widget-picture" in page
    assert f'aria-label="{explorer.alt}"' in page
    assert "var(--st-a" in page
