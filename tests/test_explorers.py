"""All explorers: one module each, numbers equal in Python and in the page, a picture and words."""

import base64
import functools
import gzip
import itertools
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lanes import slow
from scipy.linalg import block_diag

from symtheory import kernels, spectral
from symtheory.actions import orbit, rotation_action, translation_action
from symtheory.book import explorers
from symtheory.book.explorers.base import WIDGET_VIEW, Explorer, bundle
from symtheory.book.explorers.border import Border, BorderExplorer
from symtheory.book.explorers.groups import GROUPS, GroupsExplorer
from symtheory.book.explorers.phase_diagram import PhaseDiagramExplorer
from symtheory.book.explorers.readouts import ReadoutsExplorer
from symtheory.book.explorers.reordering import Reordering, ReorderingExplorer
from symtheory.book.explorers.rotating_digits import RotatingDigitsExplorer
from symtheory.book.explorers.training_replay import TrainingReplayExplorer
from symtheory.book.explorers.two_circles import TwoCirclesExplorer
from symtheory.datasets import load_digits, normalize, two_circles
from symtheory.experiments.rotated_digits.settings import ROTATED_DIGITS
from symtheory.experiments.shared.architectures import coarser, grams
from symtheory.experiments.shared.statistics import t_interval
from symtheory.groups import cyclic_group
from symtheory.ntk import CNNKernel, MLPKernel
from symtheory.records import load, published
from symtheory.regression import leave_one_out_error, relative_ridge
from symtheory.representations import irreps
from symtheory.runs import run

ROOT = Path(explorers.__file__).parent
LARGEST = 120_000  # bytes, compressed, of all explorers together
TOLERANCE = 1e-10
SHOWN = {"pairs": [0, 2, 4], "networks": 24}  # of the replay, in the chapter
# What an explorer is made from; the other traits are what a reader sets.
DIGITS = ("pixels", "names")
MEASURED = ("orders", "names", "pixels", "signal", "noise", "exact")
KERNELS = ("kernels", "orders", "exact", "names")
RECORDED = (
    *("names", "norms", "widths", "epochs", "outputs", "seen"),
    *("flow", "deviation", "exact", "quantile"),
)


def digits(**settings):
    return RotatingDigitsExplorer.of_dataset(
        load_digits(), seen=(4, 17), missing=(7, 27), **settings
    )


@functools.cache
def measured(pairs=128):
    """What the chapter on rotated digits computes."""
    asked = ROTATED_DIGITS.at_scale("reduced", pairs=pairs)
    return run(ROTATED_DIGITS, load_digits(), asked)[0]


def plane(**settings):
    return PhaseDiagramExplorer.of_run(measured(), load_digits(), **settings)


@functools.cache
def small_grams():
    """Two digits of 12×12 pixels, shifted and rotated, dense and pooled."""
    dataset = load_digits()
    pair = np.stack([dataset.images[dataset.labels == label][0] for label in (4, 7)])
    pair = pair[None, :, 2:26, 2:26].reshape(1, 2, 12, 2, 12, 2).mean(axis=(3, 5))
    found = {"shifts": {}, "rotations": {}}
    for readout, pooling in (("dense", "none"), ("pooled", "global")):
        kernel = CNNKernel(pooling=pooling)
        shifted = grams(pair, translation_action(12, (12, 12)), kernel)
        found["shifts"][readout] = {n: coarser(shifted, 12, n)[0] for n in (2, 3, 4, 6, 12)}
        turned = {n: grams(pair, rotation_action(n, (12, 12)), kernel) for n in (3, 16)}
        quarter = {n: coarser(turned[16], 16, n)[0] for n in (2, 4, 8, 16)}
        found["rotations"][readout] = {3: turned[3][0], **quarter}
    return found


@functools.cache
def of_small_grams():
    """Made once: exact errors at all ridges take a while."""
    return ReadoutsExplorer.of_grams(small_grams(), ("4", "7"), order=3)


def readouts(**settings):
    kernels = {name: getattr(of_small_grams(), name) for name in KERNELS}
    return ReadoutsExplorer(**kernels, **settings)


@functools.cache
def recorded():
    """What the chapter on one network shows."""
    return load(published("training-replay-mnist"))


def replay(**settings):
    return TrainingReplayExplorer.of_record(recorded(), **SHOWN, **settings)


EXAMPLES = {
    "border": BorderExplorer,
    "groups": GroupsExplorer,
    "phase_diagram": plane,
    "readouts": readouts,
    "reordering": ReorderingExplorer,
    "rotating_digits": digits,
    "training_replay": replay,
    "two_circles": TwoCirclesExplorer,
}
NAMES = sorted(EXAMPLES)
# Drawn with the least of computing.
LIGHT = {"border", "groups", "training_replay"}


def node(*arguments, **settings):
    """Run node, which the machine of a user need not have."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node is not on this machine: the page's numbers are tested where it is")
    return subprocess.run(
        [program, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        **settings,
    )


def test_every_explorer_has_an_example_here():
    folders = {path.parent.name for path in ROOT.glob("*/widget.mjs")}
    public = {getattr(explorers, name).folder for name in explorers.__all__}
    assert folders == public == set(EXAMPLES)


@pytest.mark.parametrize("name", [slow(one) if one == "readouts" else one for one in NAMES])
def test_the_page_gets_one_module_that_asks_nobody_else(name, tmp_path):
    state = EXAMPLES[name]().get_state()
    module, style = state["_esm"], state["_css"]
    addresses = set(re.findall(r"https?://[^\s\"']+", module + style))
    assert addresses == {"http://www.w3.org/2000/svg"}  # the name of SVG, not a place
    outside = r"^\s*import\b|\bimport\(|\bfetch\b|@import|url\(['\"]?http"
    assert not re.search(outside, module + style, re.MULTILINE)
    assert "</script" not in module
    exports = re.findall(r"^export .*", module, re.MULTILINE)
    assert exports == ["export default explorer({"]
    # One scope for all: a name that two modules give is an error of syntax.
    path = tmp_path / "module.mjs"
    path.write_text(module, encoding="utf-8")
    checked = node("--check", path)
    assert checked.returncode == 0, checked.stderr


def test_no_number_is_written_in_one_way_by_two_lines():
    """What two lines of an explorer write alike is a function, in one place."""
    for folder in {path.parent for path in ROOT.glob("*/widget.mjs")}:
        lines = [
            line for path in folder.glob("*.mjs") for line in path.read_text("utf-8").split("\n")
        ]
        ways = [
            way
            for line in lines
            for way in set(re.findall(r"\.to(?:Precision|Exponential)\(\d", line))
        ]
        assert len(ways) == len(set(ways)), f"{folder.name}: {ways}"


def test_all_explorers_are_light():
    parts = [make().get_state() for make in EXAMPLES.values()]
    text = "".join(json.dumps(part, ensure_ascii=False) for part in parts)
    assert len(gzip.compress(text.encode())) < LARGEST


@pytest.mark.parametrize(
    "line",
    [
        'import * as words from "./words.mjs";',
        'import { one as other } from "./words.mjs";',
        'import words from "./words.mjs";',
        'import { one } from "d3";',
        'export { one } from "./words.mjs";',
        'const words = await import("./words.mjs");',
    ],
)
def test_an_import_that_cannot_be_bundled_is_one_clear_error(line, tmp_path):
    (tmp_path / "words.mjs").write_text("export const one = 1;\n", encoding="utf-8")
    module = tmp_path / "widget.mjs"
    module.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"Expected imports of the form .* Got .* Try "):
        bundle(module)


def test_what_nobody_uses_stays_in_the_source(tmp_path):
    """And what uses it, and what is used by nobody else; indentation as well."""
    (tmp_path / "parts.mjs").write_text(
        "const LEAST = 3;\nconst MOST = 4;\n"
        "function helper() {\n  return LEAST;\n}\n\n"
        "export function unused() {\n  return helper();\n}\n\n"
        "export function used() {\n  return MOST;\n}\n",
        encoding="utf-8",
    )
    module = tmp_path / "widget.mjs"
    lines = 'import { unused, used } from "./parts.mjs";\n\nexport default used();\n'
    module.write_text(lines, encoding="utf-8")
    assert bundle(module) == (
        "const MOST = 4;\nfunction used() {\nreturn MOST;\n}\nexport default used();\n"
    )


def test_a_template_of_several_lines_is_one_clear_error(tmp_path):
    module = tmp_path / "widget.mjs"
    module.write_text("const text = `one\n  two`;\nexport default text;\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"Expected template literals of one line, .* Got .* Try "):
        bundle(module)


def test_a_bundle_holds_each_module_once_and_before_it_is_needed(tmp_path):
    for name, needs in {"widget": ["one", "two"], "two": ["one"], "one": []}.items():
        lines = [f'import {{ {need} }} from "./{need}.mjs";\n' for need in needs]
        text = f"/* A comment. */\n// Another.\nexport const {name} = 1; // kept\n"
        (tmp_path / f"{name}.mjs").write_text("".join(lines) + text, encoding="utf-8")
    expected = "".join(f"const {name} = 1; // kept\n" for name in ("one", "two", "widget"))
    assert bundle(tmp_path / "widget.mjs") == expected


@pytest.mark.parametrize("name", [name if name in LIGHT else slow(name) for name in NAMES])
def test_the_picture_and_its_words(name):
    explorer = EXAMPLES[name]()
    data, _ = explorer._repr_mimebundle_()
    assert data["text/plain"] == explorer.alt
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    page = data["text/html"]
    view = re.search(rf'<script type="{re.escape(WIDGET_VIEW)}">(.*?)</script>', page)
    assert json.loads(view[1])["model_id"] == explorer.model_id
    assert "data-widget-picture" in page
    assert f'aria-label="{explorer.alt}"' in page
    assert re.search(r"var\(--st-(a|focus),", page)
    assert all(np.isfinite(value) for value in explorer.numbers.values())


@pytest.mark.parametrize("name", NAMES)
def test_words_change_with_the_settings(name):
    explorer = EXAMPLES[name]()
    before = explorer.alt
    trait = next(name for name in ("n", "order", "group", "time") if explorer.has_trait(name))
    setattr(explorer, trait, abs(getattr(explorer, trait) - 1))
    assert explorer.alt != before


# The border


@pytest.mark.parametrize("width", [0.5, 0.7, 2.0])
def test_on_the_border_the_error_is_one_and_falls_across_it(width):
    for n in range(3, 25):
        border = Border(n, 0.5, width, 1e-5).border
        below, on, above = (
            Border(n, f * border, width, 1e-5).spectral_error for f in (0.99, 1, 1.01)
        )
        assert below > 1 > above
        np.testing.assert_allclose(on, 1, rtol=1e-9)


@given(st.integers(3, 24), st.floats(0.5, 2), st.floats(0, 2), st.floats(0, 2))
def test_the_error_falls_as_circles_part(n, width, one, other):
    """What makes the border one line, and halving find it."""
    near, far = sorted((one, other))
    errors = [Border(n, separation, width, 1e-5).spectral_error for separation in (near, far)]
    assert errors[1] <= errors[0] * (1 + 1e-12)


def test_a_wider_kernel_needs_fewer_points():
    """What the slider shows: on the whole plane the border falls as the kernel widens."""
    for n in range(3, 25):
        borders = [Border(n, 0.5, width, 1e-5).border for width in (0.5, 0.7, 1.0, 1.4)]
        assert np.all(np.diff(borders) < 1e-12)


def test_signal_and_noise_are_the_packages():
    border = Border(8, 0.4, 0.7, 1e-5)
    found = spectral.spectrum(kernels.gram(kernels.RBF(1 / 0.7), two_circles(8, 0.4)), ridge=1e-5)
    numbers = border.signal, border.noise, border.spectral_error
    package = found.last_eigenvalue, 1 / found.mean_inverse, found.error
    np.testing.assert_allclose(numbers, package, rtol=1e-9)


# Reordering


@pytest.mark.parametrize("n", [3, 6, 10])
@pytest.mark.parametrize("separation", [0.0, 0.5, 2.0])
def test_both_orders_give_the_error_of_brute_force(n, separation):
    state = Reordering(n, separation, 1.4, 1e-5)
    gram = kernels.gram(kernels.RBF(1.4), two_circles(n, separation))
    exact = leave_one_out_error(gram, np.repeat([1, -1], n), ridge=1e-5)[0]
    numbers = state.numbers
    for name in ("in_turn", "by_orbit"):
        np.testing.assert_allclose(numbers[f"error_{name}"], exact, rtol=1e-9)
        np.testing.assert_allclose(numbers[f"labels_{name}"], 1 / state.eigenvalues[n], rtol=1e-9)


@pytest.mark.parametrize("n", [3, 6, 9])
def test_a_pair_of_frequencies_is_the_spectrum_of_one_character(n):
    """λ_k and λ_{k+N}, which the picture moves together, are the eigenvalues of Λ_k."""
    state = Reordering(n, 0.5, 1.4, 1e-5)
    for k, block in enumerate(state.blocks):
        pair = np.sort(state.eigenvalues[[k, k + n]])
        np.testing.assert_allclose(np.linalg.eigvalsh(block), pair, rtol=1e-9)
    values, vectors = np.linalg.eigh(state.blocks[0].real)
    labels = np.abs(vectors.T @ [1, -1]).argmax()
    np.testing.assert_allclose(values[labels], state.eigenvalues[n], rtol=1e-9)


def test_no_number_depends_on_the_order():
    assert ReorderingExplorer(order=0.0).numbers == ReorderingExplorer(order=0.7).numbers


# Rotating digits


@pytest.mark.parametrize(("n", "depth"), [(2, 1), (3, 2), (8, 1), slow((15, 4)), slow((16, 6))])
def test_the_digits_error_is_the_packages(n, depth):
    explorer = digits(n=n, depth=depth)
    state = explorer.state
    orbits = normalize(orbit(state.images, rotation_action(n, (28, 28))))
    gram = kernels.gram(MLPKernel(depth), orbits)
    ridge = relative_ridge(gram, 1e-10)
    package = spectral.spectral_error(gram, cyclic_group(n), ridge=ridge)[1]
    np.testing.assert_allclose(state.error, package, rtol=1e-9)
    np.testing.assert_allclose(state.prediction, package - 1, rtol=1e-7)


def test_the_digits_are_those_of_the_dataset():
    dataset = load_digits()
    explorer = digits()
    assert len(explorer.names) == 12 == len(explorer.images)
    assert (explorer.names[explorer.seen], explorer.names[explorer.missing]) == ("4", "7")
    seven = dataset.images[dataset.labels == 7][27]
    np.testing.assert_allclose(explorer.state.images[1], seven, atol=0.51 / 4080)
    bytes_ = np.round(dataset.images[:3] * 255) / 255
    exact = RotatingDigitsExplorer.of_images(bytes_, ["a", "b", "c"]).images
    np.testing.assert_allclose(exact, bytes_, rtol=0, atol=1e-15)  # one byte a pixel loses nothing


@pytest.mark.parametrize(
    ("images", "names"),
    [
        (np.zeros((2, 27, 28)), ["a", "b"]),
        (np.zeros((2, 28, 28)), ["a"]),
        (np.zeros((1, 28, 28)), ["a"]),
        (np.full((2, 28, 28), 2.0), ["a", "b"]),
        (np.full((2, 28, 28), np.nan), ["a", "b"]),
        (np.zeros((13, 28, 28)), list("abcdefghijklm")),
    ],
)
def test_other_images_are_one_clear_error(images, names):
    with pytest.raises(ValueError, match=r"Expected 2 to 12 images .* Got .* Try "):
        RotatingDigitsExplorer.of_images(images, names)


def test_two_digits_of_one_class_are_told_apart():
    """The first 4 of the data set, and the one that is shown."""
    both = {name: getattr(digits(), name) for name in DIGITS}
    alike = RotatingDigitsExplorer(seen=5, missing=4, **both)
    assert alike.state.names == ("second 4", "first 4")
    assert digits().state.names == ("4", "7")


# The phase diagram


def test_the_plane_shows_what_was_measured():
    data, state = measured(), plane(order=3).state
    rank = np.argsort(np.log(data["circulant_error"]).mean(axis=0))
    np.testing.assert_allclose(state.signal, data["last_eigenvalue"][:, rank], rtol=5e-4)
    np.testing.assert_allclose(state.errors, data["circulant_error"][:, rank], rtol=1e-3)
    np.testing.assert_allclose(state.exact, data["exact_error"][:, rank], rtol=5e-4)
    assert state.numbers["right"] == data["number_correct"][3].sum()
    assert state.numbers["beyond"] == (data["circulant_error"][3] >= 1).sum()
    assert np.all(np.diff(np.log(state.errors).mean(axis=0)) > -1e-3)  # from easy to hard


def test_each_dot_has_its_own_digits():
    dataset, explorer = load_digits(), plane()
    rank = np.argsort(np.log(measured()["circulant_error"]).mean(axis=0))
    pairs = measured()["pairs"][rank]
    assert explorer.names == [[str(label) for label in pair] for pair in dataset.labels[pairs]]
    coarse = dataset.images[pairs].reshape(-1, 2, 14, 2, 14, 2).mean(axis=(3, 5))
    np.testing.assert_allclose(explorer.images, coarse, rtol=0, atol=0.5 / 7 + 1e-9)


@pytest.mark.parametrize(("trait", "value"), [("order", 6), ("pair", 128)])
def test_a_place_that_is_not_in_the_plane_is_one_clear_error(trait, value):
    with pytest.raises(ValueError, match=rf"Expected {trait} from 0 to .* Got {value}. Try "):
        plane(**{trait: value})


def test_more_pairs_than_a_page_carries_are_one_clear_error():
    data = {**measured(), "pairs": np.zeros((513, 2), int)}
    with pytest.raises(ValueError, match=r"Expected at most 512 pairs .* Got 513 .* Try "):
        PhaseDiagramExplorer.of_run(data, load_digits())


# Groups


@pytest.mark.parametrize("place", range(len(GROUPS)))
def test_the_errors_on_a_group_are_those_of_brute_force(place):
    state = GroupsExplorer(group=place, held=0b100110).state
    n = state.group.order
    y = np.repeat([1, -1], n)
    one = leave_one_out_error(state.gram, y, ridge=state.ridge)[:n]
    np.testing.assert_allclose(one, state.one_missing, rtol=1e-9)
    seen = np.setdiff1d(np.arange(2 * n), state.missing)
    K = state.gram + state.ridge * np.eye(2 * n)
    predicted = K[np.ix_(state.missing, seen)] @ np.linalg.solve(K[np.ix_(seen, seen)], y[seen])
    np.testing.assert_allclose(state.errors, 1 - predicted, rtol=1e-9)


@pytest.mark.parametrize("place", range(len(GROUPS)))
def test_in_the_basis_of_irreps_the_kernel_has_blocks(place):
    state = GroupsExplorer(group=place).state
    np.testing.assert_allclose(
        state.basis.conj().T @ state.basis, np.eye(len(state.gram)), atol=1e-12
    )
    changed = state.basis.conj().T @ state.gram @ state.basis
    sizes = [2 * irrep.dimension for irrep in irreps(state.group) for _ in range(irrep.dimension)]
    blocks = block_diag(*[np.ones((size, size)) for size in sizes]).astype(bool)
    assert np.abs(changed[~blocks]).max() < 1e-12


def test_no_number_depends_on_the_basis():
    assert GroupsExplorer(basis=0.0).numbers == GroupsExplorer(basis=0.7).numbers


def test_without_a_missing_pose_the_identity_is():
    assert GroupsExplorer(group=0, held=2**20).state.missing == (0,)


# Readouts


@pytest.mark.parametrize("order", [0, *map(slow, range(1, 5))])
@pytest.mark.parametrize("exponent", [-10, slow(-6), slow(-2)])
@pytest.mark.parametrize("action", [0, 1])
def test_what_a_dense_readout_says_is_the_packages(action, order, exponent):
    explorer = readouts(action=action, order=order, exponent=exponent)
    state = explorer.state
    gram = small_grams()[("shifts", "rotations")[action]]["dense"][state.n]
    ridge = relative_ridge(gram, 10.0**exponent)
    group = cyclic_group(state.n)
    rows = spectral.FirstRows(spectral.average_rows(gram, group))  # few pixels: a coarse action
    package = spectral.spectral_error(rows, group, ridge=ridge)[1]
    np.testing.assert_allclose(state.error, package, rtol=1e-9)
    exact = leave_one_out_error(gram, np.repeat([1, -1], state.n), ridge=ridge)[state.n]
    np.testing.assert_allclose(state.exact, exact, rtol=1e-5)
    if action == 0:  # whole pixels: the formula is exact
        np.testing.assert_allclose(state.error, exact, rtol=1e-9)


@pytest.mark.parametrize("order", [0, *map(slow, range(1, 5))])
@pytest.mark.parametrize("exponent", [-10, slow(-6), slow(-2)])
def test_pooled_shifts_leave_nothing_but_the_ridge(order, exponent):
    """The proposition on collapse: all blocks but the first are the ridge."""
    state = readouts(readout=1, order=order, exponent=exponent).state
    n, ridge = state.n, state.ridge
    expected = n / (np.linalg.inv(state.blocks[0].real)[1, 1] + (n - 1) / ridge)
    np.testing.assert_allclose(state.error, state.labels * expected, rtol=1e-4)
    assert max(state.radii) < 1e-7 < state.distance
    np.testing.assert_allclose(state.exact, state.error, rtol=1e-2)


@pytest.mark.slow
def test_the_size_of_an_orbit_is_that_of_its_points():
    for action, readout in itertools.product((0, 1), (0, 1)):
        state = readouts(action=action, readout=readout, order=4).state
        n, rows = state.n, spectral.FirstRows(state.rows)
        gram = np.asarray(spectral.expand_rows(rows.values, cyclic_group(n)))
        values, vectors = np.linalg.eigh(gram)
        points = (vectors * np.sqrt(np.maximum(values, 0))).reshape(2, n, -1)
        points /= np.linalg.norm(points[1, 0])
        means = points.mean(axis=1)
        radii = np.sqrt(np.square(points - means[:, None]).sum(axis=-1).mean(axis=1))
        np.testing.assert_allclose(state.radii, radii, atol=1e-6)
        np.testing.assert_allclose(state.distance, np.linalg.norm(means[0] - means[1]), atol=1e-6)


@pytest.mark.slow
def test_settings_may_be_given_with_grams():
    assert of_small_grams().order == 3 != readouts().order


def test_grams_of_other_orders_are_one_clear_error():
    fewer = {**small_grams(), "shifts": {"dense": {}, "pooled": {}}}
    with pytest.raises(ValueError, match=r"Expected Gram matrices for .* Got orders .* Try "):
        ReadoutsExplorer.of_grams(fewer, ("4", "7"))


# The replay of training


@pytest.mark.parametrize(("norm", "pair", "width"), [(0, 0, 2), (1, 1, 0), (1, 2, 1)])
def test_the_replay_shows_what_was_measured(norm, pair, width):
    data, shown = recorded().data, SHOWN["pairs"][pair]
    margins = data["margin"][norm, shown, width, : SHOWN["networks"]].astype(float)
    mean, half = t_interval(margins.T)
    for time in (0, 9, 28):
        found = replay(norm=norm, pair=pair, width=width, time=time).numbers
        # Each output is kept in hundredths.
        assert abs(found["error"] - (1 - mean[time])) < 0.005
        assert abs(found["half"] - half[time]) < 0.005
        assert (
            abs(found["right"] - (margins[:, time] > 0).sum())
            <= (np.abs(margins[:, time]) < 0.005).sum()
        )
        assert abs(found["theory"] - (1 - data["flow_margin"][norm, shown, time])) < 6e-4
        assert abs(found["deviation"] - data["flow_deviation"][norm, shown, time]) < 6e-4
        assert abs(found["seen"] - (1 - data["seen_margin"][norm, shown, width, time])) < 0.006
        assert abs(found["exact"] - (1 - data["exact_margin"][norm, shown])) < 6e-4
        assert found["epoch"] == data["epochs"][time]


@pytest.mark.slow
def test_its_picture_says_which_record_it_is():
    page = replay().picture().html
    assert "record training-replay of" in page and "computed live" not in page
    assert "computed live" in TrainingReplayExplorer.of_run(recorded().data).picture().html


@pytest.mark.parametrize(("trait", "value"), [("norm", 2), ("pair", 3), ("width", 3), ("time", 29)])
def test_a_place_that_is_not_in_the_record_is_one_clear_error(trait, value):
    with pytest.raises(ValueError, match=rf"Expected {trait} from 0 to .* Got {value}. Try "):
        replay(**{trait: value})


def test_one_network_has_no_interval_and_is_one_clear_error():
    with pytest.raises(ValueError, match=r"Expected at most .* at least 2 networks. Got .* 1. Try"):
        TrainingReplayExplorer.of_run(recorded().data, networks=1)


# The page


@pytest.mark.slow
def test_javascript_equals_python(tmp_path):
    """The ten digits that are promised; most numbers keep thirteen."""
    circles = itertools.product((3, 6, 10), (0.0, 0.3, 1.0, 2.0), (1.4, 2.5))
    at = itertools.product((3, 8, 17, 24), (0.0, 0.4, 2.0), (0.5, 0.7, 2.0))
    turned = itertools.product((2, 3, 8, 10, 13, 16), (1, 2, 6))
    dots = itertools.product(range(6), (0, 40, 64, 127))
    poses = itertools.product(range(len(GROUPS)), (0.0, 0.5, 2.0), (0.5, 1.5, 3.0), (1, 0b101101))
    written = {name: getattr(GroupsExplorer(), name) for name in ("groups", "seeds")}
    moved = itertools.product((0, 1), (0, 1), range(5), (-10, -7, -2))
    kernels = {name: getattr(of_small_grams(), name) for name in KERNELS}
    replayed = itertools.product((0, 1), (0, 2), (0, 1, 2), (0, 7, 28))
    first, all_pairs, of_record = digits(), plane(), replay()
    paths = {name: getattr(of_record, name) for name in RECORDED}
    measures = {name: getattr(all_pairs, name) for name in MEASURED}
    images = {name: getattr(first, name) for name in DIGITS}
    cases = [
        *({"n": n, "separation": d, "inverse_length": length} for n, d, length in circles),
        *({"n": n, "separation": d, "width": width} for n, d, width in at),
        *({"n": n, "depth": depth, "seen": (n + depth) % 12} | images for n, depth in turned),
        *(
            {"group": g, "separation": d, "width": width, "held": held} | written
            for g, d, width, held in poses
        ),
        *(
            {"action": a, "readout": r, "order": order, "exponent": exponent} | kernels
            for a, r, order, exponent in moved
        ),
        *({"order": order, "pair": pair} | measures for order, pair in dots),
        *(
            {"norm": norm, "pair": pair, "width": width, "time": time} | paths
            for norm, pair, width, time in replayed
        ),
    ]
    kinds = {
        "time": TrainingReplayExplorer,
        "pair": PhaseDiagramExplorer,
        "held": GroupsExplorer,
        "exponent": ReadoutsExplorer,
        "inverse_length": ReorderingExplorer,
        "width": BorderExplorer,
        "depth": RotatingDigitsExplorer,
    }
    golden = {
        "tolerance": TOLERANCE,
        "ranges": {
            kind.folder: {
                name: [trait.low, trait.high]
                for name, trait in kind.class_traits().items()
                if hasattr(trait, "low")
            }
            for kind in kinds.values()
        },
        "cases": [],
        "poses": [],
    }
    for case in cases:
        kind = next(kind for name, kind in kinds.items() if name in case)
        explorer, own = kind(**case), kind.class_own_traits(sync=True)
        settings = {name: getattr(explorer, name) for name in own if not name.startswith("_")}
        golden["cases"].append(
            {"explorer": explorer.folder, "settings": settings, "numbers": explorer.numbers}
        )
    for n in (3, 4, 8, 14):
        turns = orbit(first.images[:1], rotation_action(n, (28, 28)))[0]
        golden["poses"].append(
            {
                "n": n,
                "image": first.images[0].ravel().tolist(),
                "poses": turns.reshape(n, -1).tolist(),
            }
        )
    path = tmp_path / "golden.json"
    path.write_text(json.dumps(golden), encoding="utf-8")
    run = node(
        "--test",
        Path(__file__).with_name("explorers.test.mjs"),
        env={**os.environ, "GOLDEN": str(path)},
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.search(r"pass [1-9]", run.stdout), run.stdout


@pytest.mark.slow
def test_explorers_are_what_they_say():
    assert all(issubclass(getattr(explorers, name), Explorer) for name in explorers.__all__)
