"""Data sets: what they hold, and that a damaged or missing file is one clear error."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import http.server
import os
import pickle
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory import datasets
from symtheory.datasets import DatasetError, mnist
from symtheory.datasets.digits import enlargement
from symtheory.datasets.idx import parse_idx
from symtheory.datasets.published import FILES, PUBLISHED, SIZES

IMAGES, LABELS = FILES["test"]
PACKED = [f"{IMAGES}.gz", f"{LABELS}.gz"]
CLOSED_PORT = "http://127.0.0.1:9/"  # the discard service, which nothing runs


def idx(array: np.ndarray) -> bytes:
    """An IDX file of bytes, as MNIST's are."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def small_mnist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The files of a stand-in for MNIST with five images, its hashes taken for the published ones.

    No data folder, an empty cache, no network.
    """
    pixels = np.random.default_rng(0).integers(0, 256, (5, 28, 28))
    unpacked = {IMAGES: idx(pixels), LABELS: idx(np.arange(5))}
    content = {f"{file}.gz": gzip.compress(value) for file, value in unpacked.items()}
    stand_in = replace(
        PUBLISHED["mnist"],
        mirrors=(CLOSED_PORT,),
        packed={file: sha256(content[f"{file}.gz"]) for file in unpacked},
        contents={file: sha256(value) for file, value in unpacked.items()},
    )
    monkeypatch.setitem(PUBLISHED, "mnist", stand_in)
    monkeypatch.delenv(mnist.VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(mnist, "cache_folder", lambda dataset: tmp_path / "cache" / dataset.name)
    return content


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def mirrored(monkeypatch: pytest.MonkeyPatch, *mirrors: str) -> None:
    """Have MNIST downloaded from these mirrors."""
    monkeypatch.setitem(PUBLISHED, "mnist", replace(PUBLISHED["mnist"], mirrors=mirrors))


def write(folder: Path, content: dict[str, bytes]) -> Path:
    """Write the files into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in content.items():
        (folder / name).write_bytes(value)
    return folder


class _Handler(http.server.BaseHTTPRequestHandler):
    content: dict[str, bytes]
    keep: int | None

    def do_GET(self) -> None:
        value = self.content.get(self.path.lstrip("/"))
        if value is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(value)))
        self.end_headers()
        self.wfile.write(value[: self.keep])

    def log_message(self, *_: object) -> None:
        """Quiet."""


def serve(content: dict[str, bytes], keep: int | None = None) -> Iterator[str]:
    """A mirror on this machine; it breaks off after `keep` bytes of a file, if given."""
    handler = type("Handler", (_Handler,), {"content": content, "keep": keep})
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture
def mirror(small_mnist: dict[str, bytes]) -> Iterator[str]:
    """A mirror that serves the files."""
    yield from serve(small_mnist)


@pytest.fixture
def broken_mirror(small_mnist: dict[str, bytes]) -> Iterator[str]:
    """A mirror that breaks off in the middle of each file."""
    yield from serve(small_mnist, keep=20)


@pytest.fixture
def wrong_mirror(small_mnist: dict[str, bytes]) -> Iterator[str]:
    """A mirror that serves other files."""
    yield from serve({name: value + b"!" for name, value in small_mnist.items()})


# The embedded digits


def test_digits() -> None:
    digits = datasets.load_digits()
    assert digits.name == "digits"
    assert digits.images.shape == (1797, 28, 28) and digits.images.dtype == np.float64
    assert digits.labels.shape == (1797,) and set(digits.labels) == set(range(10))
    assert len(digits) == 1797
    assert digits.images.min() == 0 and digits.images.max() == 1
    # The published pixels, so that provenance can be compared across machines.
    assert digits.sha256.startswith("87ff0c9e40dc7e2c")


def test_digits_lie_in_a_box_of_20_pixels() -> None:
    images = datasets.load_digits().images
    frame = np.ones((28, 28), dtype=bool)
    frame[4:24, 4:24] = False
    assert not images[:, frame].any()
    assert (images[:, 4:24, 4:24].sum(axis=(1, 2)) > 5).all()


def test_datasets_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        datasets.load_digits().images[0, 0, 0] = 1


def test_enlargement_keeps_the_mirror_symmetry_and_interpolates() -> None:
    matrix = enlargement(8, 20)
    np.testing.assert_allclose(matrix, matrix[::-1, ::-1], atol=1e-12)
    # Far from the border, where the zeros outside do not reach, cubic splines keep straight lines.
    # The center of new cell k lies at (k + ½) · 8/20 - ½ in the old cells.
    line = enlargement(80, 200) @ np.arange(80.0)
    expected = (np.arange(200) + 0.5) * 0.4 - 0.5
    np.testing.assert_allclose(line[80:120], expected[80:120], atol=1e-9)


# MNIST


def test_mnist_from_the_data_folder(
    small_mnist: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(mnist.VARIABLE, str(write(tmp_path / "data", small_mnist)))
    data = datasets.load_mnist("test")
    assert data.name == "mnist-test"
    assert data.images.shape == (5, 28, 28) and data.images.dtype == np.float64
    assert data.images.min() >= 0 and data.images.max() <= 1
    np.testing.assert_array_equal(data.labels, np.arange(5))
    pixels = parse_idx(gzip.decompress(small_mnist[PACKED[0]]))
    np.testing.assert_allclose(data.images * 255, pixels, atol=1e-10)
    expected = hashlib.sha256(pixels.tobytes() + bytes(range(5))).hexdigest()
    assert data.sha256 == expected
    assert datasets.book_dataset() is data
    assert datasets.load("mnist") is data


def test_mnist_from_the_cache(small_mnist: dict[str, bytes], tmp_path: Path) -> None:
    write(tmp_path / "cache" / "mnist", small_mnist)
    assert len(datasets.load_mnist("test")) == 5


def test_mnist_downloads_from_the_first_mirror_that_works(
    mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored(monkeypatch, CLOSED_PORT, mirror)
    assert len(datasets.load_mnist("test")) == 5
    folder = tmp_path / "cache" / "mnist"
    assert sorted(file.name for file in folder.iterdir()) == sorted(PACKED)


@pytest.mark.parametrize("which", ["broken_mirror", "wrong_mirror"])
def test_a_failed_download_leaves_no_file(
    which: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored(monkeypatch, request.getfixturevalue(which))
    with pytest.raises(DatasetError, match=IMAGES) as caught:
        datasets.load_mnist("test")
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "cache").rglob("*.gz*"))
    assert not list((tmp_path / "cache" / "mnist").iterdir())


def test_no_network_is_one_clear_error(small_mnist: dict[str, bytes]) -> None:
    with pytest.raises(DatasetError, match=f"Expected to download {IMAGES}.*SYMTHEORY_DATA"):
        datasets.load_mnist("test")


@pytest.mark.parametrize("folder", ["", "mnist", "MNIST/raw"])
@pytest.mark.parametrize("spelling", [IMAGES, IMAGES.replace("-idx", ".idx")])
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda content: gzip.compress(content, 1)])
def test_mnist_as_people_have_it(
    folder: str,
    spelling: str,
    pack: object,
    small_mnist: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unpacked or packed by anyone, in either spelling, as torchvision leaves it."""
    assert callable(pack)
    end = "" if pack is bytes else ".gz"
    names = [f"{spelling}{end}", f"{spelling.replace('images', 'labels').replace('3', '1')}{end}"]
    contents = [pack(gzip.decompress(value)) for value in small_mnist.values()]
    write(tmp_path / "data" / folder, dict(zip(names, contents, strict=True)))
    monkeypatch.setenv(mnist.VARIABLE, str(tmp_path / "data"))
    data = datasets.book_dataset()
    assert data.name == "mnist-test" and data.labels.tolist() == [0, 1, 2, 3, 4]
    assert data.sha256 == sha256(
        b"".join(
            gzip.decompress(v)[-k:] for v, k in zip(small_mnist.values(), (5 * 784, 5), strict=True)
        )
    )


def test_a_whole_file_is_taken_where_another_is_damaged(
    small_mnist: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "data", small_mnist)
    write(folder / "MNIST" / "raw", {IMAGES: b"cut", PACKED[1]: small_mnist[PACKED[1]]})
    monkeypatch.setenv(mnist.VARIABLE, str(folder))
    assert len(datasets.load_mnist("test")) == 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-9],
        lambda packed: packed + b"!",
        lambda packed: packed[:30] + b"?" + packed[31:],
        lambda packed: packed[:1000],
        lambda packed: gzip.compress(gzip.decompress(packed)[:-1]),
        lambda packed: gzip.decompress(packed)[:-1],
        lambda packed: gzip.compress(bytes(10**8)),  # 0.1 MB that would unpack to 100
        lambda packed: b"",
        bz2.compress,
    ],
)
def test_a_damaged_file_is_named(
    damage: object,
    small_mnist: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert callable(damage)
    folder = write(tmp_path / "data", small_mnist)
    (folder / PACKED[0]).write_bytes(damage(small_mnist[PACKED[0]]))
    monkeypatch.setenv(mnist.VARIABLE, str(folder))
    with pytest.raises(DatasetError, match="Expected .* damaged or incomplete. Got.*Try") as caught:
        datasets.load_mnist("test")
    assert str(folder / PACKED[0]) in str(caught.value) and "delet" not in str(caught.value)


def test_a_damaged_download_is_replaced(
    small_mnist: dict[str, bytes], mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "cache" / "mnist", small_mnist)
    (folder / PACKED[0]).write_bytes(small_mnist[PACKED[0]][:-9])
    with pytest.raises(DatasetError, match="Expected to download"):
        datasets.load_mnist("test")
    mirrored(monkeypatch, mirror)
    assert len(datasets.load_mnist("test")) == 5


def test_another_set_under_the_names_of_mnist_is_named(
    small_mnist: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = {PACKED[0]: gzip.compress(idx(np.zeros((20, 28, 28)))), PACKED[1]: b""}
    folder = write(tmp_path / "data", other)
    monkeypatch.setenv(mnist.VARIABLE, str(folder))
    for load in (lambda: datasets.load("mnist"), datasets.book_dataset):
        with pytest.raises(
            DatasetError, match=r"of shape \(20, 28, 28\).*another data set"
        ) as caught:
            load()
        assert str(folder / PACKED[0]) in str(caught.value) and "delet" not in str(caught.value)


def test_a_known_set_is_called_by_its_name_and_kept_apart(
    small_mnist: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked = {IMAGES: idx(np.ones((7, 28, 28))), LABELS: idx(np.arange(7))}
    clothes = replace(
        PUBLISHED["fashion-mnist"],
        mirrors=(CLOSED_PORT,),
        contents={file: sha256(content) for file, content in unpacked.items()},
    )
    monkeypatch.setitem(PUBLISHED, "fashion-mnist", clothes)
    folder = write(tmp_path / "data", unpacked)
    monkeypatch.setenv(mnist.VARIABLE, str(folder))
    assert datasets.load("fashion-mnist").name == "fashion-mnist-test"
    assert len(datasets.load_fashion_mnist("test")) == 7
    with pytest.raises(DatasetError, match=r'of Fashion-MNIST.*load\("fashion-mnist"\)'):
        datasets.book_dataset()
    with pytest.raises(DatasetError, match=r'download .* of MNIST.*load\("fashion-mnist"\)'):
        datasets.load_mnist("test")
    write(tmp_path / "cache" / "mnist", small_mnist)
    assert len(datasets.load_mnist("test")) == 5
    write(folder, small_mnist)  # both: packed and unpacked, under one name
    assert len(datasets.book_dataset()) == 5 and len(datasets.load("fashion-mnist")) == 7
    (folder / PACKED[0]).unlink()
    write(folder, {IMAGES: unpacked[LABELS]})
    with pytest.raises(DatasetError, match=f"Got {LABELS} of Fashion-MNIST"):
        datasets.load_fashion_mnist("test")


def test_kmnist_is_recognized_where_it_has_no_published_hash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SIZES, "test", 20)
    folder = tmp_path / "data"
    labels = np.repeat(np.arange(10), 2)
    content = {IMAGES: idx(np.ones((20, 28, 28))), LABELS: idx(labels)}
    write(folder / "KMNIST" / "raw", content)
    monkeypatch.setenv(mnist.VARIABLE, str(folder))
    with pytest.warns(UserWarning, match="Expected a hash .* of KMNIST"):
        assert datasets.load("kmnist-test").labels.tolist() == labels.tolist()
    labels[0] = 1
    write(folder / "KMNIST" / "raw", {LABELS: idx(labels)})
    with (
        pytest.warns(UserWarning, match="Expected a hash"),
        pytest.raises(DatasetError, match="Expected .* 2 labels of each of 10 classes"),
    ):
        datasets.load_kmnist("test")


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_hashes_are_of_different_files(name: str) -> None:
    dataset = PUBLISHED[name]
    hashes = [*dataset.packed.values(), *dataset.contents.values()]
    assert len(set(hashes)) == len(hashes) in (4, 8)
    assert all(len(value) == 64 and int(value, 16) for value in hashes)


def test_the_published_hash_of_contents_is_that_of_the_published_files(tmp_path: Path) -> None:
    """Of real MNIST, where it is: unpacked it is known as well."""
    if not os.environ.get(mnist.VARIABLE):
        pytest.skip("needs MNIST: set SYMTHEORY_DATA to the folder that holds it")
    for file, path in zip(FILES["test"], datasets.fetch("mnist", "test"), strict=True):
        assert sha256(path.read_bytes()) == PUBLISHED["mnist"].packed[file]
        assert sha256(gzip.decompress(path.read_bytes())) == PUBLISHED["mnist"].contents[file]


def test_images_and_labels_must_match(
    small_mnist: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fewer = gzip.compress(idx(np.arange(4)))
    packed = {**PUBLISHED["mnist"].packed, LABELS: sha256(fewer)}
    monkeypatch.setitem(PUBLISHED, "mnist", replace(PUBLISHED["mnist"], packed=packed))
    write(tmp_path / "cache" / "mnist", {**small_mnist, PACKED[1]: fewer})
    with pytest.raises(DatasetError, match=r"\(5, 28, 28\) and \(4,\)"):
        datasets.load_mnist("test")


def test_an_unwritable_cache_is_one_clear_error(
    mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirrored(monkeypatch, mirror)
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(DatasetError, match=f"Expected to write .*{IMAGES}"):
        datasets.load_mnist("test")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\0\0", "IDX header"),
        (b"\0\1\x08\1\0\0\0\0", "00 00 08"),
        (b"\0\0\x0d\1\0\0\0\0", "00 00 08"),
        (b"\0\0\x08\0", "00 00 08"),
        (b"\0\0\x08\3\0\0\0\1", "3 dimensions"),
        (idx(np.zeros((2, 3)))[:-1], r"Expected 6 bytes.*Got 5"),
        (idx(np.zeros((2, 3))) + b"\0", r"Expected 6 bytes.*Got 7"),
        (b"\0\0\x08\3" + b"\xff" * 12, r"79,228,162,458,924,105,385,300,197,375 bytes"),
    ],
)
def test_idx_rejects_what_is_not_idx(content: bytes, message: str) -> None:
    with pytest.raises(DatasetError, match=message):
        parse_idx(content, source="a file")


def test_idx_reads_what_was_written() -> None:
    array = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    np.testing.assert_array_equal(parse_idx(idx(array)), array)


def test_unknown_names() -> None:
    with pytest.raises(ValueError, match=r"Expected split.*Got 'validation'"):
        datasets.load_mnist("validation")
    with pytest.raises(ValueError, match='Expected .*"kmnist-test".* Got .cifar'):
        datasets.load("cifar")
    with pytest.raises(ValueError, match="Expected name .mnist. or .* Got .digits"):
        datasets.fetch("digits")


def test_the_book_runs_on_digits_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(mnist.VARIABLE, raising=False)
    assert datasets.book_dataset() is datasets.load("digits")
    monkeypatch.setenv(mnist.VARIABLE, str(tmp_path))
    (tmp_path / "t10k-images").write_bytes(b"")
    with pytest.raises(DatasetError, match="without both; it holds t10k-images. Try"):
        datasets.book_dataset()
    monkeypatch.setenv(mnist.VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(DatasetError, match="name a folder"):
        datasets.book_dataset()


# Circles, pairs, normalization


def test_two_circles_are_interleaved_orbits() -> None:
    points = datasets.two_circles(6, 0.7, radius=1.5)
    assert points.shape == (2, 6, 3)
    np.testing.assert_allclose(np.linalg.norm(points[..., :2], axis=-1), 1.5)
    np.testing.assert_array_equal(points[..., 2], [[0.0] * 6, [0.7] * 6])
    np.testing.assert_allclose(points[0, 0], [1.5, 0, 0])
    interleaved = points.transpose(1, 0, 2).reshape(12, 3)
    angle = np.unwrap(np.arctan2(interleaved[:, 1], interleaved[:, 0]))
    np.testing.assert_allclose(np.diff(angle), np.pi / 6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [((0, 1.0), "n"), ((2.5, 1.0), "n"), ((4, -1.0), "separation"), ((4, np.nan), "separation"),
     ((4, 1.0, 0.0), "radius")],
)  # fmt: skip
def test_two_circles_rejects(arguments: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=f"Expected.*{message}"):
        datasets.two_circles(*arguments)  # type: ignore[arg-type]


@given(
    labels=st.lists(st.integers(-3, 3), min_size=2, max_size=30).filter(lambda x: len(set(x)) > 1),
    seed=st.integers(0, 1000),
)
def test_pairs_are_of_different_classes(labels: list[int], seed: int) -> None:
    array = np.array(labels)
    pairs = datasets.sample_pairs(array, 50, seed=seed)
    assert pairs.shape == (50, 2)
    assert (array[pairs[:, 0]] != array[pairs[:, 1]]).all()
    np.testing.assert_array_equal(pairs, datasets.sample_pairs(array, 50, seed=seed))


def test_pairs_are_uniform() -> None:
    labels = np.array([0, 1, 0, 2, 2, 2, 5])
    n_pairs = 34_000
    pairs = datasets.sample_pairs(labels, n_pairs, seed=3)
    count = np.zeros((7, 7))
    np.add.at(count, (pairs[:, 0], pairs[:, 1]), 1)
    allowed = labels[:, None] != labels[None, :]
    assert not count[~allowed].any()
    expected = n_pairs / allowed.sum()
    assert np.abs(count[allowed] - expected).max() < 4.5 * np.sqrt(expected)


def test_other_seeds_give_other_pairs() -> None:
    labels = datasets.load_digits().labels
    one, two = (datasets.sample_pairs(labels, 20, seed=seed) for seed in (1, 2))
    assert (one != two).any()


@pytest.mark.parametrize(
    ("labels", "n_pairs", "message"),
    [
        (np.zeros(9), 1, "Got 1 class"),
        (np.zeros(0), 1, "Got 0 class"),
        (np.arange(9), 0, "integer ≥ 1 and .* as n_pairs"),
        (np.arange(9), 2.0, "integer ≥ 1 and .* as n_pairs"),
        (np.zeros((3, 3)), 1, "one label per image"),
        ([[1], [1, 2]], 1, "one label per image"),
        ([0.0, np.nan], 1, "Got NaN"),
    ],
)
def test_pairs_reject(labels: np.ndarray, n_pairs: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        datasets.sample_pairs(labels, n_pairs, seed=0)


def test_normalize(rng: np.random.Generator) -> None:
    images = 40 + 3 * rng.random((4, 2, 6, 6))
    before = images.copy()
    result = datasets.normalize(images)
    np.testing.assert_allclose(result.mean(axis=(-2, -1)), 0, atol=1e-14)
    np.testing.assert_allclose((result**2).sum(axis=(-2, -1)), 1, rtol=1e-14)
    np.testing.assert_allclose(datasets.normalize(7 * images - 2), result, atol=1e-14)
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize(
    ("shape", "said", "item_ndim"),
    [
        ((5, 784), None, 1),  # flattened images, as scikit-learn's fetch_openml gives them
        ((3, 8, 9), None, 2),
        ((2, 3, 4, 8, 8), None, 2),
        ((2, 4, 4), None, 2),
        ((3, 8, 8, 3), 3, 3),
        ((8, 8, 3), 3, 3),
        ((8, 9), 2, 2),
        ((28, 28), 1, 1),
        ((7,), 1, 1),
        ((2, 5, 3), 2, 2),  # clouds of five points in space
        ((0, 8, 8), None, 2),
    ],
)
def test_one_item_is_normalized_as_a_whole(
    shape: tuple[int, ...], said: int | None, item_ndim: int, rng: np.random.Generator
) -> None:
    items = rng.random(shape)
    result = datasets.normalize(items, item_ndim=said)
    flat = result.reshape(*shape[: len(shape) - item_ndim], -1 if items.size else 64)
    assert result.shape == shape
    np.testing.assert_allclose(flat.mean(axis=-1), 0, atol=1e-14)
    np.testing.assert_allclose((flat**2).sum(axis=-1), 1, rtol=1e-14)


@pytest.mark.parametrize(
    ("shape", "item_ndim", "remedy"),
    [
        ((3, 8, 8, 3), None, "item_ndim=3 if the last axis is channels"),
        ((8, 8, 1), None, "item_ndim=3 if the last axis is channels"),
        ((28, 28), None, "item_ndim=2 for a single image"),
        ((5,), None, "item_ndim=1 for a single vector"),
        ((), None, "item_ndim=1"),
        ((3, 8, 8), 4, "item_ndim from 1 to 3"),
        ((3, 8, 8), 0, "item_ndim from 1 to 3"),
        ((3, 0, 8), None, "item_ndim from 1 to 3"),
    ],
)
def test_what_an_item_is_is_never_guessed(
    shape: tuple[int, ...], item_ndim: int | None, remedy: str
) -> None:
    with pytest.raises(ValueError, match=f"Expected .* Got .* Try .*{remedy}"):
        datasets.normalize(np.ones(shape), item_ndim=item_ndim)


@given(exponent=st.integers(-300, 300), contrast=st.integers(0, 10))
def test_any_scale_and_any_contrast_above_rounding_is_normalized(
    exponent: int, contrast: int
) -> None:
    image = np.arange(12.0).reshape(1, 3, 4)
    expected = datasets.normalize(image, item_ndim=2)
    faint = (1 + 10.0**-contrast * image) * 10.0**exponent
    rounding = 10.0 ** (contrast - 15)
    np.testing.assert_allclose(
        datasets.normalize(faint, item_ndim=2), expected, atol=10 * rounding, rtol=0
    )


@pytest.mark.parametrize("value", [0.0, 0.1, 1e8, 1e-300, 1e300])
def test_normalize_rejects_constant_images(value: float, rng: np.random.Generator) -> None:
    images = rng.random((3, 5, 5))
    images[1] = value
    with pytest.raises(ValueError, match=r"contrast.*Got 1 constant of 3"):
        datasets.normalize(images)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_normalize_rejects_what_is_not_finite(value: float) -> None:
    images = np.eye(5)[None].repeat(2, axis=0)
    images[1, 2, 2] = value
    with pytest.raises(ValueError, match="finite"):
        datasets.normalize(images)


@pytest.mark.parametrize(
    "images", [np.ones((2, 5, 5), complex), np.ones((2, 5, 5), np.float16), "image", [[1], [1, 2]]]
)
def test_normalize_rejects_what_is_not_real(images: object) -> None:
    with pytest.raises(ValueError, match="Expected .* Got .* Try"):
        datasets.normalize(images)  # type: ignore[arg-type]


# What a data set holds


def test_a_dataset_copies_what_others_may_change() -> None:
    images, labels = np.ones((2, 3, 3)), np.array([0, 1])
    window = images[:]
    window.setflags(write=False)  # a view, whose base can still be written to
    for given_images in (images, window):
        data = datasets.Dataset("mine", given_images, labels, "")
        images[0] = labels[0] = 7
        assert data.images[0, 0, 0] == 1 and data.labels[0] == 0
        images[0], labels[0] = 1, 0
    images.setflags(write=False)
    assert datasets.Dataset("mine", images, labels, "").images is images
    again = pickle.loads(pickle.dumps(data))
    np.testing.assert_array_equal(again.images, data.images)


@pytest.mark.parametrize(
    ("images", "labels"),
    [
        (np.ones((2, 3, 3)), [0]),
        (np.ones((2, 3, 3)), [0.0, 1.0]),
        (np.ones((2, 3, 3)), [[0, 1]]),
        (np.ones((2, 3, 3)) * 1j, [0, 1]),
        (np.full((2, 3, 3), np.nan), [0, 1]),
    ],
)
def test_datasets_reject(images: np.ndarray, labels: list[object]) -> None:
    with pytest.raises(ValueError, match="Expected .* Got .* Try"):
        datasets.Dataset("mine", images, labels, "")  # type: ignore[arg-type]
