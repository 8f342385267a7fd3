"""Data sets: what they hold, and that a damaged or missing file is one clear error."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory import datasets
from symtheory.datasets import DatasetError, mnist
from symtheory.datasets.digits import enlargement
from symtheory.datasets.idx import parse_idx

IMAGES, LABELS = mnist.FILES["test"]
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
    rng = np.random.default_rng(0)
    content = {
        IMAGES: gzip.compress(idx(rng.integers(0, 256, (5, 28, 28)))),
        LABELS: gzip.compress(idx(np.arange(5))),
    }
    hashes = {name: hashlib.sha256(value).hexdigest() for name, value in content.items()}
    monkeypatch.setattr(mnist, "SHA256", hashes)
    monkeypatch.setattr(mnist, "MIRRORS", (CLOSED_PORT,))
    monkeypatch.delenv(mnist.VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(mnist, "cache_folder", lambda: tmp_path / "cache" / "mnist")
    return content


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
    pixels = parse_idx(gzip.decompress(small_mnist[IMAGES]))
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
    monkeypatch.setattr(mnist, "MIRRORS", (CLOSED_PORT, mirror))
    assert len(datasets.load_mnist("test")) == 5
    folder = tmp_path / "cache" / "mnist"
    assert sorted(file.name for file in folder.iterdir()) == sorted([IMAGES, LABELS])


@pytest.mark.parametrize("which", ["broken_mirror", "wrong_mirror"])
def test_a_failed_download_leaves_no_file(
    which: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mnist, "MIRRORS", (request.getfixturevalue(which),))
    with pytest.raises(DatasetError, match=IMAGES) as caught:
        datasets.load_mnist("test")
    assert "\n" not in str(caught.value)
    assert not list((tmp_path / "cache").rglob("*.gz*"))
    assert not list((tmp_path / "cache" / "mnist").iterdir())


def test_no_network_is_one_clear_error(small_mnist: dict[str, bytes]) -> None:
    with pytest.raises(DatasetError, match=f"Expected to download {IMAGES}.*SYMTHEORY_DATA"):
        datasets.load_mnist("test")


@pytest.mark.parametrize("damage", [lambda content: content[:-9], lambda content: content + b"!"])
@pytest.mark.parametrize("place", ["data", "cache/mnist"])
def test_a_damaged_file_is_named(
    damage: object,
    place: str,
    small_mnist: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert callable(damage)
    folder = write(tmp_path / place, small_mnist)
    (folder / IMAGES).write_bytes(damage(small_mnist[IMAGES]))
    if place == "data":
        monkeypatch.setenv(mnist.VARIABLE, str(folder))
    with pytest.raises(DatasetError, match="damaged or incomplete.*deleting it") as caught:
        datasets.load_mnist("test")
    assert str(folder / IMAGES) in str(caught.value)


def test_images_and_labels_must_match(
    small_mnist: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_mnist[LABELS] = gzip.compress(idx(np.arange(4)))
    monkeypatch.setitem(mnist.SHA256, LABELS, hashlib.sha256(small_mnist[LABELS]).hexdigest())
    write(tmp_path / "cache" / "mnist", small_mnist)
    with pytest.raises(DatasetError, match=r"\(5, 28, 28\) and \(4,\)"):
        datasets.load_mnist("test")


def test_an_unwritable_cache_is_one_clear_error(
    mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mnist, "MIRRORS", (mirror,))
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


def test_unknown_names(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"Expected split.*Got 'validation'"):
        datasets.load_mnist("validation")
    with pytest.raises(ValueError, match="Got 'cifar'"):
        datasets.load("cifar")


def test_the_book_runs_on_digits_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(mnist.VARIABLE, raising=False)
    assert datasets.book_dataset() is datasets.load("digits")
    monkeypatch.setenv(mnist.VARIABLE, str(tmp_path))
    with pytest.raises(DatasetError, match="without them"):
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
        (np.arange(9), 0, "at least 1"),
        (np.zeros((3, 3)), 1, "one label per image"),
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


@pytest.mark.parametrize("value", [0.0, 0.1, 1e8])
def test_normalize_rejects_constant_images(value: float, rng: np.random.Generator) -> None:
    images = rng.random((3, 5, 5))
    images[1] = value
    with pytest.raises(ValueError, match=r"contrast.*Got 1 constant"):
        datasets.normalize(images)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_normalize_rejects_what_is_not_finite(value: float) -> None:
    images = np.eye(5)[None].repeat(2, axis=0)
    images[1, 2, 2] = value
    with pytest.raises(ValueError, match="finite"):
        datasets.normalize(images)
    with pytest.raises(ValueError, match="shape"):
        datasets.normalize(np.arange(5))
