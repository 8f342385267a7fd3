"""Images of one's own, and the command that diagnoses them."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from symtheory.actions import orbit, permutation_action, translation_action
from symtheory.cli.app import cli
from symtheory.cli.own_data import as_data
from symtheory.datasets import DatasetError, load_digits, load_images, load_items
from symtheory.diagnosis import Diagnosis, diagnose
from symtheory.groups import symmetric_group
from symtheory.kernels import RBF

ROOT = Path(__file__).parent.parent


@pytest.fixture
def archive(tmp_path):
    """Six digits each of three classes, labeled by words."""
    digits = load_digits()
    chosen = np.concatenate([np.flatnonzero(digits.labels == c)[:6] for c in (1, 4, 7)])
    names = np.array(["one", "four", "seven"])
    labels = names[np.searchsorted([1, 4, 7], digits.labels[chosen])]
    path = tmp_path / "own.npz"
    np.savez(path, images=digits.images[chosen], labels=labels)
    return path


@pytest.fixture
def folders(archive, tmp_path):
    """The same as pictures."""
    images, labels = load_images(archive)
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        folder = tmp_path / "pictures" / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.uint8(np.round(255 * image))).save(folder / f"{number:02}.png")
    return tmp_path / "pictures"


def run(*arguments):
    return CliRunner().invoke(cli, ["diagnose", *map(str, arguments)])


def test_folders_of_pictures_hold_what_an_archive_does(archive, folders):
    images, labels = load_images(archive)
    pictures, found = load_images(folders)
    assert pictures.shape == (18, 28, 28)
    order = np.argsort(labels, kind="stable")  # folders are read in order
    np.testing.assert_array_equal(found, labels[order])
    np.testing.assert_allclose(pictures, images[order], atol=0.5 / 255 + 1e-12)


@pytest.mark.slow
def test_the_command_gives_all_numbers_as_json(archive):
    result = run(archive, "--group", "rotations:4", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)["mlp"]
    assert found["classes"] == ["four", "one", "seven"]
    assert found["seeds"] == [6, 6, 6]
    assert np.shape(found["accuracy"]) == (3, 4)


def test_what_a_class_really_lacks_is_asked_alone(archive):
    lacking = "--missing", "one:0,2", "--missing", "four:1"
    result = run(archive, "--group", "rotations:4", *lacking, "--json")
    assert result.exit_code == 0, result.output
    asked = np.array(json.loads(result.output)["mlp"]["accuracy"]) != None  # noqa: E711
    assert np.argwhere(asked).tolist() == [[0, 1], [1, 0], [1, 2]]


@pytest.mark.slow
def test_several_networks_and_a_page(archive, tmp_path):
    page = tmp_path / "found.html"
    networks = ["--network", "mlp:depth=2", "--network", "linear"]
    result = run(archive, "--group", "rotations:4", *networks, "--html", page)
    assert result.exit_code == 0, result.output
    assert "mlp:depth=2\n72 items, 18 seeds of 3 classes" in result.output
    text = page.read_text("utf-8")
    assert text.count("<table>") == 3  # one of both
    assert "symtheory diagnose" in text  # how it was made
    beside = result.output.partition("by class and network:\n")[2].splitlines()
    assert beside[0].split() == ["class", "seeds", "mlp:depth=2", "linear"]
    assert [line.split()[0] for line in beside[1:4]] == ["four", "one", "seven"]
    assert "src=" not in text


@pytest.mark.slow
def test_a_network_of_ones_own(archive, tmp_path, monkeypatch):
    (tmp_path / "my_kernels.py").write_text(
        "from symtheory.kernels import RBF\n\n\ndef wide():\n    return RBF(0.5)\n"
    )
    monkeypatch.chdir(tmp_path)
    found = []
    for network in ("my_kernels:wide", "rbf:inverse_length=0.5"):
        result = run(archive, "--group", "shifts:4", "--network", network, "--json")
        assert result.exit_code == 0, result.output
        found += json.loads(result.output).values()
    assert found[0] == found[1]


@pytest.mark.slow
def test_the_exit_status_tells_of_a_verdict(archive):
    arguments = archive, "--group", "rotations:4", "--seeds", "2"
    assert run(*arguments).exit_code == 0
    assert run(*arguments, "--fail-if", "undecided").exit_code == 3
    assert run(*arguments, "--fail-if", "fails").exit_code == 0


def test_what_is_saved_is_what_is_shown(archive, tmp_path):
    path = tmp_path / "found.npz"
    result = run(archive, "--group", "rotations:4", "--save", path)
    assert result.exit_code == 0, result.output
    found = Diagnosis.load(path)
    assert repr(found) in result.output
    command = found.provenance["command"]
    again = CliRunner().invoke(cli, [*shlex.split(command)[1:], "--save", str(path)])
    assert again.exit_code == 0, command
    assert Diagnosis.load(path).to_dict() == found.to_dict()


@pytest.mark.slow
def test_more_poses_are_tried_on_demand(archive):
    result = run(archive, "--group", "rotations:4", "--poses-up-to", "8", "--json")
    assert result.exit_code == 0, result.output
    assert list(json.loads(result.output)["mlp"]["finer"]) == ["8"]
    shifted = run(archive, "--group", "shifts:7", "--poses-up-to", "28", "--json")
    assert set(json.loads(shifted.output)["mlp"]["finer"]) <= {"14", "28"}
    refused = run(archive, "--group", "permutations:28", "--poses-up-to", "8")
    assert refused.exit_code != 0


@pytest.fixture
def clouds(tmp_path):
    """Twelve clouds of four points in the plane, of two classes."""
    rng = np.random.default_rng(0)
    shapes = rng.normal(size=(2, 4, 2)).repeat(6, axis=0)
    items = shapes + 0.1 * rng.normal(size=(12, 4, 2))
    labels = np.repeat(["kite", "arrow"], 6)
    np.save(tmp_path / "items.npy", items)
    np.save(tmp_path / "labels.npy", labels)
    np.savez(tmp_path / "items.npz", items=items, labels=labels)
    action = permutation_action(symmetric_group(4), (4, 2))
    np.savez(
        tmp_path / "orbits.npz",
        orbits=orbit(items, action),
        labels=labels,
        table=action.group.table,
    )
    return tmp_path


@pytest.mark.slow
def test_clouds_of_points_come_in_three_kinds_of_files(clouds):
    network = "--network", "rbf:inverse_length=0.5", "--json"
    permuted = "--group", "permutations:4"
    found = []
    for arguments in (
        [clouds / "items.npy", "--labels", clouds / "labels.npy", *permuted],
        [clouds / "items.npz", *permuted],
        [clouds / "orbits.npz"],
    ):
        result = run(*arguments, *network)
        assert result.exit_code == 0, result.output
        (one,) = json.loads(result.output).values()
        found.append(one)
    assert np.shape(found[0]["accuracy"]) == (2, 24)
    assert found[0] == found[1]
    np.testing.assert_allclose(found[2]["margin"], found[0]["margin"], atol=1e-8)


@pytest.mark.slow
def test_shifts_of_sequences_say_along_which_axis(tmp_path):
    items = np.random.default_rng(0).normal(size=(6, 12, 3))
    np.savez(tmp_path / "own.npz", items=items, labels=np.repeat([0, 1], 3))
    result = run(tmp_path / "own.npz", "--group", "shifts:4,axis=0", "--network", "rbf", "--json")
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.output).values()
    expected = diagnose(
        items, [0] * 3 + [1] * 3, RBF(1.0), group=translation_action(4, (12, 3), axis=0)
    )
    np.testing.assert_allclose(found["margin"], expected.margin, atol=1e-8)
    normalized = run(
        tmp_path / "own.npz",
        "--group",
        "shifts:4,axis=0",
        "--network",
        "rbf",
        "--normalize",
        "--json",
    )
    assert json.loads(normalized.output)["rbf"]["margin"] != found["margin"]


def test_a_module_that_fails_is_one_clear_error(archive, tmp_path, monkeypatch):
    (tmp_path / "my_failing.py").write_text(
        "def build():\n    return {}['weights']\n\n\n"
        "def late():\n    return lambda x, y=None: x.no_such_thing\n"
    )
    monkeypatch.chdir(tmp_path)
    for name, what in (("build", "KeyError"), ("late", "AttributeError")):
        result = run(archive, "--group", "rotations:4", "--network", f"my_failing:{name}")
        assert result.exit_code == 1
        assert re.search(f"(?s)Expected.*my_failing:{name}|my_failing:{name}.*", result.output)
        assert what in result.output and "Try" in result.output


@pytest.mark.slow
def test_the_same_seeds_are_drawn_each_time(archive):
    one, same, other = (
        run(archive, "--group", "rotations:4", "--seeds", 2, "--seed", seed, "--json").output
        for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["nowhere"], "a file .npz or a folder"),
        (["digits", "--group", "rotations"], "rotations:N"),
        (["digits", "--group", "turns:4"], "rotations:N"),
        (["digits", "--network", "resnet"], "module:function"),
        (["digits", "--group", "shifts:7,width=0"], "settings that it has"),
        (["digits", "--save", "x.npz", "--network", "mlp", "--network", "rbf"], "one network"),
        (["nowhere.npz"], "which is not there"),
        (["digits", "--labels", __file__], "labels of its own"),
        (["digits", "--poses-up-to", "8"], "Try --poses-up-to 16"),
        (["digits", "--group", "dihedral:2", "--poses-up-to", "7"], "Try --poses-up-to 8"),
        (["digits", "--group", "shifts:4", "--poses-up-to", "56"], "more elements"),
        (["digits", "--missing", "ten:0"], "a class and its poses"),
        (["digits", "--missing", "3"], "a class and its poses"),
        (["digits", "--network", "mlp:depth"], "name=value"),
        (["digits", "--network", "mlp:layers=3"], "settings of mlp"),
        (["digits", "--network", "json:nothing"], "a module and a function"),
        (["digits", "--network", "os:getcwd"], "Expected a network or a kernel"),
    ],
)
def test_what_is_typed_wrong_is_said(arguments, message):
    result = run(*arguments)
    assert result.exit_code != 0
    assert message in " ".join(f"{result.output} {result.exception}".split())


@pytest.mark.slow
def test_what_the_readme_says_of_ones_own_images_runs(folders, monkeypatch, capsys):
    """A newcomer's first ten lines, as they stand there, and the command above them."""
    text = (ROOT / "README.md").read_text("utf-8").partition("## Your own images")[2]
    (command,) = re.findall(r"```sh\nsymtheory (diagnose .*)\n```", text)
    (lines,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert len(lines.splitlines()) <= 10
    monkeypatch.chdir(folders.parent)
    exec(lines, {})  # the README's own
    printed = capsys.readouterr().out
    assert "144 items, 18 seeds of 3 classes" in printed
    result = CliRunner().invoke(cli, command.split())
    assert result.exit_code == 0, result.output
    assert printed.strip() in result.output


def test_the_readme_names_what_ones_own_images_need_beside_the_package():
    text = (ROOT / "README.md").read_text("utf-8").partition("## Your own images")[2]
    section = text.partition("\n## ")[0]
    assert "pip install pillow matplotlib" in section and "pip install '.[cluster]'" in section


@pytest.mark.slow
def test_what_the_page_of_the_package_says_of_clouds_runs(capsys):
    text = (ROOT / "book/package.md").read_text("utf-8")
    section = text.partition("## Diagnosis of your own data")[2].partition("\n## ")[0]
    lines, _ = re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL)  # the other has PyTorch
    exec(lines, {})  # the page's own
    assert set(re.findall("[a-z]+", capsys.readouterr().out)) <= {
        "generalizes",
        "fails",
        "undecided",
    }


def test_an_archive_without_labels_is_named(tmp_path):
    np.savez(tmp_path / "own.npz", images=np.zeros((2, 4, 4)))
    with pytest.raises(DatasetError, match=r"images and labels in .*own.npz"):
        load_images(tmp_path / "own.npz")


def test_labels_are_not_unpickled(tmp_path):
    labels = np.array([{}, []], dtype=object)
    np.savez(tmp_path / "own.npz", images=np.zeros((2, 4, 4)), labels=labels)
    with pytest.raises(DatasetError, match="NumPy reads"):
        load_images(tmp_path / "own.npz")


@pytest.mark.parametrize(
    "shape, count, value", [((2, 4), 2, 0.0), ((2, 4, 4), 3, 0.0), ((2, 4, 4), 2, np.nan)]
)
def test_arrays_that_do_not_fit_are_refused(tmp_path, shape, count, value):
    np.savez(tmp_path / "own.npz", images=np.full(shape, value), labels=np.arange(count))
    with pytest.raises(DatasetError, match=r"(?s)Expected.*Got.*Try"):
        load_images(tmp_path / "own.npz")


def test_items_of_every_shape_are_read_and_those_that_do_not_fit_are_refused(clouds):
    items = load_items(clouds / "items.npz")
    pair = load_items(clouds / "items.npy", clouds / "labels.npy")
    orbits = load_items(clouds / "orbits.npz")
    np.testing.assert_array_equal(items.items, pair.items)
    np.testing.assert_array_equal(items.labels, pair.labels)
    assert items.table is None and orbits.table.shape == (24, 24)
    np.save(clouds / "few.npy", np.arange(3))
    (clouds / "torn.npz").write_bytes((clouds / "items.npz").read_bytes()[:200])
    for wrong, labels in (
        ("items.npy", None),
        ("items.npy", "few.npy"),
        ("few.npy", "few.npy"),
        ("none.npy", "labels.npy"),
        ("items.npz", "labels.npy"),
        ("torn.npz", None),
    ):
        with pytest.raises(DatasetError, match=r"(?s)Expected.*Got.*Try"):
            load_items(clouds / wrong, labels and clouds / labels)


def test_orbits_bring_their_own_group(clouds):
    result = run(clouds / "orbits.npz", "--group", "permutations:4")
    assert result.exit_code == 2
    assert "which have a table" in " ".join(result.output.split())
    result = run(clouds / "orbits.npz", "--poses-up-to", "48")
    assert result.exit_code == 2
    assert "all the poses that there are" in " ".join(result.output.split())
    result = run(clouds / "items.npy")
    assert "--labels" in result.output


def test_what_is_in_a_file_is_never_passed_over(clouds):
    both = {name: np.load(clouds / "items.npy") for name in ("images", "items")}
    np.savez(clouds / "both.npz", **both, labels=np.arange(12))
    assert "Got images and items" in " ".join(run(clouds / "both.npz").output.split())
    np.savez(clouds / "some.npz", items=both["items"], labels=np.r_[np.nan, np.arange(11)])
    result = run(clouds / "some.npz", "--group", "permutations:4")
    assert result.exit_code == 1
    assert "Got NaN as 1 of 12" in " ".join(result.output.split())


def test_labels_in_a_file_are_refused_for_folders(folders):
    result = run(folders, "--labels", __file__)
    assert result.exit_code == 2
    assert "labels of its own" in " ".join(result.output.split())


@pytest.mark.parametrize("load", [load_images, load_items])
def test_a_single_array_is_no_archive(tmp_path, load):
    with open(tmp_path / "own.npz", "wb") as file:
        np.save(file, np.zeros((2, 4, 4)))
    with pytest.raises(DatasetError, match=r"(?s)Expected an archive.*own\.npz.*\(2, 4, 4\).*Try"):
        load(tmp_path / "own.npz")


def test_damage_of_every_kind_is_named(archive):
    whole = archive.read_bytes()
    place = whole.index(b"PK\x01\x02")
    for offset, value in ((6, 86), (8, 1)):  # the version of the format, and encryption
        archive.write_bytes(whole[: place + offset] + bytes([value]) + whole[place + offset + 1 :])
        with pytest.raises(DatasetError, match=r"NumPy reads.*own\.npz"):
            load_images(archive)
    items = archive.with_name("items.npy")
    np.save(items, np.zeros((2, 3)))
    items.write_bytes(items.read_bytes().replace(b"}", b" "))  # the header does not end
    with pytest.raises(DatasetError, match=r"NumPy reads.*items\.npy"):
        load_items(items, items)


def test_a_data_set_comes_before_a_folder_of_its_name(folders, monkeypatch, capsys):
    folders.rename(folders.with_name("digits"))
    monkeypatch.chdir(folders.parent)
    digits = as_data("digits", None)
    assert "./digits is what is here" in capsys.readouterr().err
    own = as_data("./digits", None)
    assert len(digits.labels) == len(load_digits())
    assert sorted(set(own.labels)) == ["four", "one", "seven"]


def test_a_picture_that_cannot_be_read_is_named(folders):
    (folders / "one" / "bad.png").write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"bad\.png"):
        load_images(folders)


def test_a_picture_of_another_size_is_named(folders):
    Image.new("L", (5, 5)).save(folders / "one" / "99.png")
    with pytest.raises(DatasetError, match=r"(?s)one size.*99\.png"):
        load_images(folders)


def picture(folder, name, values, **settings):
    """A picture as the only one of its class, and what is read of it."""
    (folder / "a").mkdir(exist_ok=True)
    file = folder / "a" / name
    Image.fromarray(values).save(file, **settings)
    return load_images(folder)[0][0]


@pytest.mark.parametrize("name, kind", [("a.png", "<u2"), ("a.tif", "<u2"), ("a.tif", ">u2")])
def test_sixteen_bits_are_kept(tmp_path, name, kind):
    values = np.array([[0, 100, 300], [1000, 40000, 65535]], dtype=kind)
    found = picture(tmp_path, name, values)
    np.testing.assert_allclose(found, values / 65535, rtol=1e-15)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_pictures_are_upright(tmp_path, kind):
    values = np.arange(6, dtype=kind).reshape(2, 3)
    turned = Image.Exif()
    turned[0x0112] = 6  # to be turned by a quarter, clockwise
    found = picture(tmp_path, "a.png", values, exif=turned)
    np.testing.assert_array_equal(found * np.iinfo(kind).max, np.rot90(values, -1))


@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_numbers_without_a_white_are_refused(tmp_path, kind):
    with pytest.raises(DatasetError, match=r"(?s)8 or 16 bits.*a\.tif.*Try"):
        picture(tmp_path, "a.tif", np.full((3, 3), 300, dtype=kind))


def test_ink_in_transparency_is_refused_and_covered_grounds_are_not(tmp_path):
    ink = np.zeros((3, 3, 4), dtype=np.uint8)
    ink[..., 3] = np.arange(9).reshape(3, 3)
    one_value = {"transparency": 0}
    cases = (ink, {}), (ink[..., 3], one_value), (ink[..., 3].astype(np.uint16), one_value)
    for values, how in cases:
        with pytest.raises(DatasetError, match=r"(?s)cover.*a\.png.*Try"):
            picture(tmp_path, "a.png", values, **how)
    found = picture(tmp_path, "a.png", np.full((3, 3, 4), 255, dtype=np.uint8))
    np.testing.assert_array_equal(found, np.ones((3, 3)))


def test_what_is_hidden_is_no_class_and_a_class_without_pictures_is_named(folders):
    expected = load_images(folders)[1]
    (folders / ".ipynb_checkpoints").mkdir()
    Image.new("L", (5, 5)).save(folders / ".ipynb_checkpoints" / "one.png")
    (folders / "one" / "._00.png").write_bytes(b"of another system")
    np.testing.assert_array_equal(load_images(folders)[1], expected)
    (folders / "nine" / "more").mkdir(parents=True)
    Image.new("L", (28, 28)).save(folders / "nine" / "more" / "one.png")
    with pytest.raises(DatasetError, match=r"(?s)Got none in .*nine itself.*Try"):
        load_images(folders)


@pytest.mark.slow
def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="a folder for each class"):
        load_images(tmp_path)
