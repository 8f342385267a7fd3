"""Records: what is saved is what is loaded, and no failure leaves half a file."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import platform
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

from symtheory import records
from symtheory.records import Record, RecordError, base, files, provenance


@pytest.fixture
def record() -> Record:
    return Record(
        name="example",
        parameters={"orders": [2, 4], "ridge": 1e-10, "dataset": "digits", "note": "Δ² ≥ 0"},
        data={
            "error": np.array([[0.1, 2 / 3], [1e-300, -0.0]]),
            "pairs": np.arange(6, dtype=np.int32).reshape(3, 2),
            "correct": np.array([True, False]),
            "names": np.array(["a", "βγ"]),
            "scalar": np.array(3.5),
            "empty": np.zeros((0, 3)),
        },
        provenance={"seed": 124, "versions": {"numpy": "2.0"}, "seconds": 1.5},
    )


def assert_equal(one: Record, two: Record) -> None:
    assert (one.name, one.parameters, one.provenance) == (two.name, two.parameters, two.provenance)
    assert set(one.data) == set(two.data)
    for key, value in one.data.items():
        assert value.dtype == two.data[key].dtype and value.shape == two.data[key].shape
        assert value.tobytes() == two.data[key].tobytes()


def test_round_trip(record: Record, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "example.npz"
    assert records.save(record, path) == path
    assert_equal(records.load(path), record)
    assert [file.name for file in path.parent.iterdir()] == ["example.npz"]


def test_nothing_is_pickled(record: Record, tmp_path: Path) -> None:
    path = records.save(record, tmp_path / "example.npz")
    with np.load(path, allow_pickle=False) as archive:
        assert all(not archive[key].dtype.hasobject for key in archive.files)
    with pytest.raises(ValueError, match=r"Got objects"):
        records.save(Record("x", {}, {"a": np.array([{}, None])}, {}), path)
    assert_equal(records.load(path), record)


def test_a_pickle_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "evil.npz"
    np.savez(path, __record__=np.array([{"format": 1}], dtype=object))
    with pytest.raises(RecordError, match="damaged or something else"):
        records.load(path)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        (Record("x", {"a": np.float64}, {}, {}), "JSON"),
        (Record("x", {"a": float("nan")}, {}, {}), "JSON"),
        (Record("x", {}, {"__record__": np.zeros(2)}, {}), "another name"),
        (Record("x", {"a": [{1: 2}]}), r"strings as keys in parameters .* Got 1\. Try str"),
        (Record(None, {}, {}), r"name of a record to be a string\. Got None\. Try"),
        (Record("x", None), r"Expected parameters by name, in a dict\. Got NoneType\. Try"),
        (Record("x", {}, [np.ones(2)]), r"Expected data by name, in a dict\. Got list\. Try"),
        (
            Record("x", {}, {1: np.ones(2)}),
            r"arrays to be strings.* Got data\[1\]\. Try data\['1'\]",
        ),
        (Record("x", {}, {"a\0b": np.ones(2)}), r"without null .* Try data\['ab'\]"),
        (Record("x", {}, {"a": np.zeros(2, [("b", float)])}), r"Got fields, b\. Try one array"),
        (Record("x", {}, {"a": np.zeros(2, "V4")}), r"Got \|V4\. Try"),
        (Record("x", {}, {"a": np.zeros(2, jnp.bfloat16)}), r"Got bfloat16\. Try array\.astype"),
        (Record("x", {}, {"a": np.zeros(2, jnp.float8_e5m2)}), r"Got float8_e5m2\. Try"),
    ],
)
def test_save_rejects(record: Record, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        records.save(record, tmp_path / "x.npz")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [*"?bBhHiIlLqQefdgFDG", "S3", "U3", "M8[s]", "m8[s]", ">f8"])
def test_arrays_of_every_type_that_is_saved_are_loaded(kind: str, tmp_path: Path) -> None:
    record = Record("x", {}, {"a": np.zeros((2, 3), dtype=kind)}, {})
    assert_equal(records.load(records.save(record, tmp_path / "x.npz")), record)


def test_tuples_are_loaded_as_lists(tmp_path: Path) -> None:
    path = records.save(Record("x", {"a": (1, (2, 3))}), tmp_path / "x.npz")
    assert records.load(path).parameters == {"a": [1, [2, 3]]}


def test_save_wants_npz(record: Record, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"\.npz"):
        records.save(record, tmp_path / "x.json")


def test_a_full_disk_keeps_the_old_file(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = records.save(record, tmp_path / "example.npz")
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RecordError, match=r"No space left.*freeing.*unchanged"):
        records.save(Record("other"), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_an_unwritable_folder_is_one_clear_error(record: Record, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for attempt in (lambda path: records.save(record, path), records.require_writable):
        with pytest.raises(RecordError, match=r"Expected to write .*\. Got: \w+.*Try") as caught:
            attempt(tmp_path / "file" / "example.npz")
        assert caught.value.__cause__.strerror in str(caught.value)
        assert "\n" not in str(caught.value)
    if os.geteuid() != 0:  # root may write anywhere
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(RecordError, match="Permission denied"):
            records.save(record, tmp_path / "locked" / "example.npz")


def test_an_error_without_a_number_is_told_in_its_own_words(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError("the server is away")

    monkeypatch.setattr(os, "fsync", fail)
    for attempt in (lambda path: records.save(record, path), records.require_writable):
        with pytest.raises(RecordError, match="Got: the server is away. Try another path"):
            attempt(tmp_path / "example.npz")
    assert not list(tmp_path.iterdir())


def test_a_record_does_not_change(record: Record, tmp_path: Path) -> None:
    for found in (record, records.describe(records.save(record, tmp_path / "example.npz"))):
        with pytest.raises(dataclasses.FrozenInstanceError):
            found.name = "other"


def test_two_writers_leave_one_whole_record(tmp_path: Path) -> None:
    path = tmp_path / "example.npz"
    written = [Record(f"writer {k}", {}, {"x": np.full(20_000, k)}, {}) for k in range(4)]
    records.save(written[0], path)
    stop = threading.Event()
    failures: list[Exception] = []

    def write(record: Record) -> None:
        while not stop.is_set():
            records.save(record, path)

    threads = [threading.Thread(target=write, args=(record,)) for record in written]
    for thread in threads:
        thread.start()
    try:
        for _ in range(60):
            read = records.load(path)
            assert_equal(read, written[int(read.data["x"][0])])
    except (RecordError, AssertionError) as error:
        failures.append(error)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert list(tmp_path.iterdir()) == [path]


def test_load_rejects_what_is_no_record(record: Record, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="Got no file"):
        records.load(tmp_path / "nowhere.npz")
    path = records.save(record, tmp_path / "example.npz")
    content = path.read_bytes()
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 0xFF
    array = tmp_path / "array.npy"
    np.save(array, np.arange(3))
    arrays = tmp_path / "arrays.npz"
    np.savez(arrays, x=np.arange(3))
    for damaged in (content[:-30], content[:10], b"", b"text", bytes(flipped)):
        path.write_bytes(damaged)
        with pytest.raises(RecordError, match="damaged or something else"):
            records.load(path)
    for other in (array, arrays, tmp_path):
        with pytest.raises(RecordError, match="damaged or something else"):
            records.load(other)


def test_a_newer_format_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "FORMAT", base.FORMAT + 1)
    path = records.save(Record("x"), tmp_path / "x.npz")
    monkeypatch.undo()
    with pytest.raises(RecordError, match="newer version"):
        records.load(path)


def test_a_description_is_the_record_without_its_arrays(record: Record, tmp_path: Path) -> None:
    path = records.save(record, tmp_path / "example.npz")
    found = records.describe(path)
    assert (found.name, found.parameters) == (record.name, record.parameters)
    assert found.provenance == record.provenance
    assert {key: (a.shape, a.dtype) for key, a in found.arrays.items()} == {
        key: (value.shape, value.dtype) for key, value in record.data.items()
    }


def npz(path: Path, entries: dict[str, bytes]) -> Path:
    """A zip archive of these contents."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def npy(header: str, content: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    """An array in NumPy's format, with any header."""
    text = header.ljust(117).encode() + b"\n"
    size = len(text).to_bytes(2 if version < (1, 1) else 4, "little")
    return b"\x93NUMPY" + bytes(version) + size + text + content


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,)}",  # 80 TB
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296, 2)}",  # 2⁶⁵
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (3,)}",  # 24 bytes, of which 16 follow
        "{'descr': '<f8', 'fortran_order': False, 'shape': ()}",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (2,)}",
        "no header",
    ],
)
def test_an_array_is_not_read_where_its_header_is_not_sound(
    header: str, record: Record, tmp_path: Path
) -> None:
    whole = records.save(record, tmp_path / "whole.npz")
    with zipfile.ZipFile(whole) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    sound = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", bytes(16))
    assert records.load(npz(tmp_path / "x.npz", {**entries, "x.npy": sound})).data["x"].size == 2
    path = npz(tmp_path / "x.npz", {**entries, "x.npy": npy(header, bytes(16))})
    for read in (records.load, records.describe):
        with pytest.raises(RecordError, match=r"damaged.*Try deleting"):
            read(path)


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (0, 9), (1, 1), (2, 1), (3, 0)])
def test_arrays_of_the_two_formats_that_records_have_are_read(
    version: tuple[int, int], record: Record, tmp_path: Path
) -> None:
    whole = records.save(record, tmp_path / "whole.npz")
    with zipfile.ZipFile(whole) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    array = npy("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", bytes(16), version)
    path = npz(tmp_path / "x.npz", {**entries, "x.npy": array})
    if version in {(1, 0), (2, 0)}:
        assert records.describe(path).arrays["x"].shape == (2,)
        assert records.load(path).data["x"].tolist() == [0, 0]
    else:
        for read in (records.load, records.describe):
            with pytest.raises(RecordError, match=r"damaged.*Try deleting"):
                read(path)


def test_what_unpacks_to_more_than_was_allowed_is_refused(tmp_path: Path) -> None:
    path = records.save(Record("large", data={"x": np.zeros((1000, 1000))}), tmp_path / "x.npz")
    assert path.stat().st_size < 20_000
    with pytest.raises(RecordError, match=r"at most 1,000,000 bytes\. Got 8,000,\d+\. Try"):
        records.load(path, max_bytes=1_000_000)
    assert records.load(path).data["x"].nbytes == 8_000_000
    # By default, any record of this book, and no more than a small machine has.
    kept = (Path(__file__).parents[1] / "results").glob("*.npz")
    assert 100 * max(file.stat().st_size for file in kept) < records.base.MAX_BYTES <= 2**31
    assert records.describe(path).arrays["x"].shape == (1000, 1000)


def test_what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_is_not(
    record: Record, tmp_path: Path
) -> None:
    path = tmp_path / "example.npz"
    program = (
        "import pathlib, sys\n"
        "from symtheory.records.files import replacing\n"
        f"with replacing(pathlib.Path({str(path)!r})) as file:\n"
        "    print('writing', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", program]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as killed, subprocess.Popen(command, **pipes) as alive:
        for process in (killed, alive):
            assert process.stdout.readline() == "writing\n"
        killed.kill()
        killed.wait()
        assert len(list(tmp_path.glob(".*.tmp"))) == 2
        records.save(record, path)
        assert len(list(tmp_path.glob(".*.tmp"))) == 1
        alive.communicate()
    assert alive.returncode == 0
    assert list(tmp_path.iterdir()) == [path]


def test_without_locks_a_file_is_written_all_the_same(
    record: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "fcntl", None)
    path = records.save(record, tmp_path / "example.npz")
    assert_equal(records.load(path), record)
    assert list(tmp_path.iterdir()) == [path]


def test_the_hash_of_the_source_is_that_of_names_and_contents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(provenance, "PACKAGE", tmp_path)
    (tmp_path / "room").mkdir()
    hashes = set()
    for name, content in (("a.py", "x"), ("a.py", "y"), ("room/b.py", "x"), ("data.npz", "x")):
        (tmp_path / name).write_text(content)
        provenance.source_hash.cache_clear()
        hashes.add(records.source_hash())
    provenance.source_hash.cache_clear()
    assert len(hashes) == 3  # data are no code


def test_provenance_says_what_made_a_record() -> None:
    found = records.collect_provenance(
        "symtheory …", seed=124, dataset="digits", dataset_hash="abc", seconds=1.26
    )
    keys = "command seed dataset dataset_hash commit versions hardware date seconds"
    assert set(found) == set(keys.split())
    assert found["seconds"] == 1.3
    needed = {"python", "numpy", "jax", "symtheory", "equinox", "optax"}
    assert needed <= set(found["versions"])
    assert set(found["hardware"]) == {"cpu", "cores", "backend"}
    assert found["date"].endswith("+00:00")
    assert json.loads(json.dumps(found)) == found


def test_hardware_is_told_where_the_system_says_little(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", missing)
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    for processor, expected in (("", "riscv64"), ("a model", "a model")):
        monkeypatch.setattr(platform, "processor", lambda name=processor: name)
        assert provenance._hardware()["cpu"] == expected
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "processor\t: 0\nmodel name\t: B: 2\n")
    assert provenance._hardware()["cpu"] == "B: 2"
    cores = {0: {2, 3, 5}, 1: set(range(8))}  # of this process, and of another one
    monkeypatch.setattr(os, "sched_getaffinity", cores.get, raising=False)
    assert provenance.available_cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    for count, expected in ((None, 1), (6, 6)):
        monkeypatch.setattr(os, "cpu_count", lambda count=count: count)
        assert provenance.available_cores() == expected


def test_the_commit_is_that_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "checkout" / "symtheory"
    package.mkdir(parents=True)
    module = package / "records.py"
    module.write_text("")
    monkeypatch.setattr(provenance, "PACKAGE", package)

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        command = ["git", "-C", str(package.parent), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    # Not a checkout at all, then a checkout of something else that the package lies in.
    assert provenance._commit().startswith("symtheory ")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, capture_output=True)
    assert provenance._commit().startswith("symtheory ")
    # A checkout of the package, clean and edited.
    git("init", "-q")
    git("add", "symtheory")
    git("commit", "-q", "-m", "first")
    head = git("rev-parse", "HEAD")
    assert provenance._commit() == head
    module.write_text("edited = True\n")
    assert provenance._commit() == head + "+changes"


def test_versions_are_those_of_the_packages_that_are_installed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(provenance, "PACKAGES", ("numpy", "not-installed", "jax"))
    assert list(records.package_versions()) == ["python", "numpy", "jax"]


def test_without_git_the_version_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert provenance._commit() == f"symtheory {records.package_versions()['symtheory']}"
