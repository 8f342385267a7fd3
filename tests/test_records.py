"""Records: what is saved is what is loaded, and no failure leaves half a file."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest

from symtheory import records
from symtheory.records import Record, RecordError


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
    ],
)
def test_save_rejects(record: Record, message: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        records.save(record, tmp_path / "x.npz")
    assert not list(tmp_path.iterdir())


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
    with pytest.raises(RecordError, match="Expected to write") as caught:
        records.save(record, tmp_path / "file" / "example.npz")
    assert "\n" not in str(caught.value)
    if os.geteuid() != 0:  # root may write anywhere
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(RecordError, match="Permission denied"):
            records.save(record, tmp_path / "locked" / "example.npz")


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
    monkeypatch.setattr(records, "FORMAT", records.FORMAT + 1)
    path = records.save(Record("x"), tmp_path / "x.npz")
    monkeypatch.undo()
    with pytest.raises(RecordError, match="newer version"):
        records.load(path)


def test_provenance_says_what_made_a_record() -> None:
    provenance = records.collect_provenance(
        "symtheory …", seed=124, dataset="digits", dataset_hash="abc", seconds=1.26
    )
    keys = "command seed dataset dataset_hash commit versions hardware date seconds"
    assert set(provenance) == set(keys.split())
    assert provenance["seconds"] == 1.3
    assert {"python", "numpy", "jax", "symtheory"} <= set(provenance["versions"])
    assert set(provenance["hardware"]) == {"cpu", "cores", "backend"}
    assert provenance["date"].endswith("+00:00")
    assert json.loads(json.dumps(provenance)) == provenance


def test_the_commit_is_that_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "checkout" / "symtheory"
    package.mkdir(parents=True)
    module = package / "records.py"
    module.write_text("")
    monkeypatch.setattr(records, "__file__", str(module))

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
        command = ["git", "-C", str(package.parent), *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    # Not a checkout at all, then a checkout of something else that the package lies in.
    assert records._commit().startswith("symtheory ")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, capture_output=True)
    assert records._commit().startswith("symtheory ")
    # A checkout of the package, clean and edited.
    git("init", "-q")
    git("add", "symtheory")
    git("commit", "-q", "-m", "first")
    head = git("rev-parse", "HEAD")
    assert records._commit() == head
    module.write_text("edited = True\n")
    assert records._commit() == head + "+changes"


def test_without_git_the_version_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert records._commit() == f"symtheory {records.package_versions()['symtheory']}"
