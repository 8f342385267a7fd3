"""Long runs: whatever happens to one, its numbers are those of a run to which nothing happened."""

from __future__ import annotations

import dataclasses
import errno
import functools
import itertools
import multiprocessing
import os
import random
import signal
import threading
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
import toy_experiment
from dask.distributed import Client, LocalCluster
from hypothesis import given
from hypothesis import strategies as st
from lanes import slow
from toy_experiment import TOY, make_record

from symtheory import datasets, records, runs
from symtheory.datasets import Dataset
from symtheory.experiments.catalog import EXPERIMENTS
from symtheory.experiments.many_seeds.settings import MANY_SEEDS
from symtheory.experiments.settings import SCALES
from symtheory.records import RecordError, archive
from symtheory.runs import Plan, Progress, estimates, makespan, runner
from symtheory.runs.checkpoints import Checkpoint
from symtheory.runs.estimates import Forecast
from symtheory.runs.workers import _compute_there, threads

TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return datasets.load_digits()


def run(
    dataset: Dataset,
    path: Path | None = None,
    *,
    client: Any = None,
    resume: bool = False,
    progress: Progress | None = None,
    **changes: Any,
) -> dict[str, np.ndarray]:
    return runs.run(
        TOY,
        dataset,
        TOY.at_scale("live", **changes),
        client=client,
        checkpoint=path,
        resume=resume,
        progress=progress,
    )[0]


def assert_same_bits(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> None:
    assert one.keys() == two.keys()
    for key, value in one.items():
        assert value.dtype == two[key].dtype and value.tobytes() == two[key].tobytes(), key


@pytest.mark.parametrize("threads", [1, 3])
def test_units_fill_their_places(threads: int, digits: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    data = run(digits, path, threads=threads)
    expected = [np.random.default_rng([1, row]).normal(size=3) for row in range(8)]
    np.testing.assert_array_equal(data["x"], expected)
    np.testing.assert_array_equal(data["name"], [f"row {row}" for row in range(8)])
    assert_same_bits(data, run(digits, path, threads=threads, resume=True))
    assert_same_bits(data, run(digits, threads=threads))


def test_progress_is_told_after_each_unit(digits: Dataset) -> None:
    seen: list[int] = []
    run(digits, progress=lambda finished: seen.append(int(finished.sum())))
    assert seen == list(range(9))


def test_versions_must_match_to_resume(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(digits, tmp_path / "x.npz")
    versions = records.package_versions() | {"numpy": "0.1"}
    monkeypatch.setattr(records, "package_versions", lambda: versions)
    with pytest.raises(ValueError, match=r"same numpy, 0\.1"):
        run(digits, tmp_path / "x.npz", resume=True)


def test_the_code_must_match_to_resume(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(digits, tmp_path / "x.npz")
    monkeypatch.setattr(records, "source_hash", lambda: "of other code")
    with pytest.raises(ValueError, match=r"of this code\. Got one of another state .* Try"):
        run(digits, tmp_path / "x.npz", resume=True)


def test_the_experiment_must_match_to_resume(digits: Dataset, tmp_path: Path) -> None:
    """Two experiments that have the same settings and arrays."""
    run(digits, tmp_path / "x.npz")
    other = dataclasses.replace(TOY, name="other")
    with pytest.raises(ValueError, match=r"same experiment, other\. Got toy\. Try"):
        runs.run(other, digits, TOY.at_scale("live"), checkpoint=tmp_path / "x.npz", resume=True)


def test_other_cores_are_said(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = run(digits, tmp_path / "x.npz")
    cores = records.available_cores()
    monkeypatch.setattr(records, "available_cores", lambda: cores + 1)
    with pytest.warns(runs.ResumeWarning, match=rf"on {cores} cores.* Got {cores + 1}\."):
        assert_same_bits(run(digits, tmp_path / "x.npz", resume=True), expected)


@pytest.mark.parametrize(
    "changes",
    [
        {"finished_units": np.array(True)},
        slow({"finished_units": np.ones(7, dtype=bool)}),
        slow({"finished_units": np.ones(8)}),
        slow({"x": np.zeros((8, 4))}),
        {"x": np.zeros((8, 3), dtype=np.float32)},
        slow({"x": np.zeros((1, 3))}),
        slow({"further": np.zeros(3)}),
        {"x": None},
        {"finished_units": None},
    ],
)
def test_a_checkpoint_of_other_arrays_is_not_resumed(
    changes: dict[str, Any], digits: Dataset, tmp_path: Path
) -> None:
    path = tmp_path / "x.npz"
    run(digits, path)
    kept = records.load(path)
    data = {key: value for key, value in {**kept.data, **changes}.items() if value is not None}
    records.save(dataclasses.replace(kept, data=data), path)
    (name,) = changes
    with pytest.raises(ValueError, match=rf"to hold {name} as .* Got .* Try deleting"):
        run(digits, path, resume=True)


def test_a_checkpoint_without_resume_is_kept(digits: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    run(digits, path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"no unfinished run .* of toy, in 8 parts\. Try --resume"):
        run(digits, path)
    assert path.read_bytes() == before


def test_a_damaged_checkpoint_is_named(digits: Dataset, tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"half")
    with pytest.raises(RecordError, match=r"x\.npz"):
        run(digits, tmp_path / "x.npz", resume=True)


def test_a_failing_unit_fails_the_run_and_keeps_the_others(digits: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    with pytest.raises(ValueError, match="no such row"):
        run(digits, path, fails=3)
    finished = records.load(path).data["finished_units"]
    assert finished[:3].all() and not finished[3]


def test_units_that_run_when_another_fails_are_kept(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, compute = threading.Event(), toy_experiment.compute

    @functools.wraps(compute)
    def failing(dataset: Any, settings: Any, unit: Any) -> Any:
        if unit.row == 0:
            assert begun.wait(10)
            raise ValueError("no such row")
        begun.set()
        return compute(dataset, settings, unit)

    path, changes = tmp_path / "x.npz", {"rows": 3, "threads": 2, "pause": 0.05}
    with monkeypatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 2)
        patch.setattr(toy_experiment, "compute", failing)
        with pytest.raises(ValueError, match="no such row"):
            run(digits, path, **changes)
    finished = records.load(path).data["finished_units"]
    assert finished[1] and not finished[0]
    assert_same_bits(run(digits, path, resume=True, **changes), run(digits, rows=3))


def test_a_unit_that_runs_at_an_interrupt_is_kept(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, compute = threading.Event(), toy_experiment.compute

    @functools.wraps(compute)
    def telling(dataset: Any, settings: Any, unit: Any) -> Any:
        if unit.row == 1:
            begun.set()
        return compute(dataset, settings, unit)

    def interrupt(finished: np.ndarray) -> None:
        if finished.any():
            assert begun.wait(10)
            raise KeyboardInterrupt

    path, changes = tmp_path / "x.npz", {"rows": 3, "pause": 0.05}
    monkeypatch.setattr(toy_experiment, "compute", telling)
    with pytest.raises(KeyboardInterrupt):
        run(digits, path, progress=interrupt, **changes)
    assert records.load(path).data["finished_units"][:2].all()
    assert_same_bits(run(digits, path, resume=True, **changes), run(digits, rows=3))


def test_an_interrupt_while_a_file_is_written_loses_nothing(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = tmp_path / "x.npz", archive.write
    writes: list[int] = []

    def interrupted(file: Any, arrays: Any) -> None:
        writes.append(1)
        if len(writes) == 1:
            raise KeyboardInterrupt
        write(file, arrays)

    monkeypatch.setattr(archive, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(digits, path)
    assert records.load(path).data["finished_units"][0]


def test_nothing_is_begun_after_a_failure(digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, compute = [], toy_experiment.compute

    @functools.wraps(compute)
    def counted(dataset: Any, settings: Any, unit: Any) -> Any:
        begun.append(unit.row)
        return compute(dataset, settings, unit)

    monkeypatch.setattr(toy_experiment, "compute", counted)
    with pytest.raises(ValueError, match="no such row"):
        run(digits, rows=100, fails=1, pause=0.01)
    assert 2 <= len(begun) < 100


@pytest.mark.parametrize("cores, expected", [(None, 1), (2, 2), (8, 3)])
def test_no_more_threads_than_pay_off(
    cores: int | None, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: cores)
    assert threads(Plan({}, [], [], workers=3)) == expected


@pytest.mark.parametrize("one", [Plan({}, [], []), Checkpoint(Path("x.npz"), "toy", {})])
def test_a_plan_and_its_file_stay_what_they_are(one: Any) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.workers = 3


def test_an_unwritable_folder_is_known_before_any_work(digits: Dataset, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    seen: list[int] = []
    with pytest.raises(RecordError, match=r"Expected to write .*x\.npz.* Try another path"):
        run(digits, tmp_path / "file" / "x.npz", progress=lambda _: seen.append(1))
    assert not seen


class Rows:
    """What the toy computes, under settings that are any mapping, into arrays of a given type."""

    name = "rows"

    def __init__(self, dtype: Any = np.float64) -> None:
        self.dtype = dtype
        self.begun: list[int] = []

    @property
    def implementation(self) -> Any:
        return self

    def plan(self, dataset: Any, settings: Any) -> Plan:
        return Plan({"x": np.zeros(3, dtype=self.dtype)}, [(row,) for row in range(3)], [1.0] * 3)

    def compute(self, dataset: Any, settings: Any, unit: Any) -> dict[str, Any]:
        self.begun.append(unit)
        return {"x": unit[0]}


@pytest.mark.parametrize(
    "path, settings, dtype, message",
    [
        ("x.ckpt", {}, float, r"path that ends in \.npz\. Got .*x\.ckpt\. Try .*x\.ckpt\.npz"),
        ("x.npz", {"w": np.int64(3)}, float, r"settings to be JSON values\. Got: .* Try int"),
        ("x.npz", {"w": {1: 2}}, float, r"strings as keys in settings\. Got 1\. Try str"),
        ("x.npz", {}, [("a", float)], r"data\['x'\] to hold .* Got fields, a\. Try"),
    ],
)
def test_what_cannot_be_kept_is_known_before_any_work(
    path: str, settings: Any, dtype: Any, message: str, digits: Dataset, tmp_path: Path
) -> None:
    rows = Rows(dtype)
    with pytest.raises(ValueError, match=message):
        runs.run(rows, digits, settings, checkpoint=tmp_path / path)
    assert not rows.begun and not list(tmp_path.iterdir())


def test_a_checkpoint_may_be_named_by_a_string(digits: Dataset, tmp_path: Path) -> None:
    rows, path = Rows(), str(tmp_path / "x.npz")
    runs.run(rows, digits, {}, checkpoint=path)
    assert runs.estimate(rows, digits, {}, checkpoint=path).parts == 0


def test_nested_tuples_are_the_same_when_resumed(digits: Dataset, tmp_path: Path) -> None:
    rows, settings = Rows(), {"s": ((1, 2), (3, 4)), "t": {"u": (5,)}}
    for resume in (False, True):
        runs.run(rows, digits, settings, checkpoint=tmp_path / "x.npz", resume=resume)
    assert len(rows.begun) == 3
    other = {**settings, "s": ((1, 2), (3, 5))}
    with pytest.raises(ValueError, match=r"of the same s, \[\[1, 2\], \[3, 5\]\]\. Got "):
        runs.run(rows, digits, other, checkpoint=tmp_path / "x.npz", resume=True)


@pytest.mark.slow
def test_a_disk_that_fills_up_loses_nothing(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, write = tmp_path / "x.npz", archive.write
    writes = 0

    def full(file: Any, arrays: Any) -> None:
        nonlocal writes
        writes += 1
        if writes > 3:
            file.write(b"half of a rec")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(file, arrays)

    with monkeypatch.context() as patch:
        patch.setattr(archive, "write", full)
        with pytest.raises(RecordError, match="No space left on device. Try freeing some space"):
            run(digits, path)
    assert list(tmp_path.iterdir()) == [path]
    assert records.load(path).data["finished_units"].sum() == 3
    assert_same_bits(run(digits, path, resume=True), run(digits))


# The processes are forked from one that has imported the package, which takes the time.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["symtheory.records", "symtheory.runs"])


def begin(path: Path, out: Path) -> BaseProcess:
    """A run in a process of its own, from the moment on that a part of it is done."""
    begins, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=make_record, args=(sender, path, out))
    process.start()
    sender.close()
    assert begins.recv() == "begins"
    return process


@pytest.mark.slow
def test_a_run_killed_at_any_moment_gives_the_same_bits(digits: Dataset, tmp_path: Path) -> None:
    path, out = tmp_path / "x.partial.npz", tmp_path / "x.npz"
    moments = random.Random(124)
    counts = []
    for _ in range(3):
        process = begin(path, out)
        time.sleep(moments.uniform(0.05, 0.3))
        process.kill()
        process.join()
        if path.exists():  # whole, whenever it was killed
            counts.append(int(records.load(path).data["finished_units"].sum()))
    assert counts == sorted(counts) and 0 < counts[-1] < 60
    process = begin(path, out)
    process.join()
    assert process.exitcode == 0
    assert_same_bits(dict(records.load(out).data), run(digits, rows=60))


def test_two_runs_of_one_record_do_not_corrupt_it(digits: Dataset, tmp_path: Path) -> None:
    out = tmp_path / "x.npz"
    processes = [begin(tmp_path / f"{k}.partial.npz", out) for k in (1, 2)]
    while any(process.is_alive() for process in processes):
        if out.exists():
            records.load(out)
        time.sleep(0.01)
    assert [process.exitcode for process in processes] == [0, 0]
    assert [file.name for file in tmp_path.iterdir()] == ["x.npz"]
    assert_same_bits(dict(records.load(out).data), run(digits, rows=60))


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of Dask's own, when a worker is lost
def test_a_cluster_that_loses_a_worker_gives_the_same_bits(digits: Dataset, tmp_path: Path) -> None:
    killed: list[int] = []
    parameters = TOY.at_scale("live", rows=20, pause=0.05)
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):

        def kill(finished: np.ndarray) -> None:
            if finished.sum() == 1 and not killed:
                killed.append(next(iter(client.run(os.getpid).values())))
                os.kill(killed[0], signal.SIGKILL)

        there, _ = runs.run(TOY, digits, parameters, client=client, progress=kill)
    here = run(digits, rows=20)
    assert killed
    assert_same_bits(there, here)


def ticking(monkeypatch: pytest.MonkeyPatch, module: ModuleType = runner) -> None:
    """A clock for a module that is a second later each time that it is read."""
    clock = itertools.count()
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: float(next(clock))))


def test_the_estimate_grows_with_the_work(digits: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch, estimates)
    # The first unit, of cost 1, takes a second, and all costs are 36 and 55.
    for rows, seconds in ((8, 36), (10, 55)):
        assert runs.estimate(TOY, digits, TOY.at_scale("live", rows=rows)).seconds == seconds


def test_nothing_is_measured_that_costs_as_much_as_the_run(digits: Dataset) -> None:
    found = runs.estimate(TOY, digits, TOY.at_scale("live", rows=2))
    assert found == runs.Estimate(parts=2, seconds=None, longest=None)


@pytest.mark.slow
def test_the_estimate_of_the_rest(digits: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    with pytest.raises(ValueError, match="no such row"):
        run(digits, path, rows=12, fails=11)
    settings = TOY.at_scale("live", rows=12, fails=11)
    whole, rest = (
        runs.estimate(TOY, digits, settings, checkpoint=checkpoint)
        for checkpoint in (tmp_path / "none.npz", path)
    )
    # One part of twelve is left, and costs twelve times the first.
    assert (whole.parts, rest.parts) == (12, 1)
    assert whole.seconds is not None and (rest.seconds is None or rest.seconds < whole.seconds)
    finished = Checkpoint(path, "toy", runs.described(digits, settings)).finished(
        TOY.implementation.plan(digits, settings)
    )
    np.testing.assert_array_equal(finished, np.arange(12) < 11)


def test_of_a_finished_run_nothing_is_left(digits: Dataset, tmp_path: Path) -> None:
    run(digits, tmp_path / "x.npz")
    found = runs.estimate(TOY, digits, TOY.at_scale("live"), checkpoint=tmp_path / "x.npz")
    assert found == runs.Estimate(parts=0, seconds=0.0, longest=0.0)


@pytest.mark.parametrize("asked, kinds", [({}, 29), ({"workers": 1}, 30)])
def test_an_estimate_by_hand(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch, asked: dict[str, int], kinds: int
) -> None:
    """The first unit takes 3 s, and again 1 s: 2 s of them compile it, as each kind is compiled."""
    clock = iter([0.0, 3.0, 10.0, 11.0])
    monkeypatch.setattr(estimates, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    settings = TOY.at_scale("live", rows=30)
    found = runs.estimate(TOY, digits, settings, **asked)
    # The longest part costs 30 times as much as the first, and may have to be compiled as well.
    assert found == (30, sum(range(1, 31)) * 1.0 + 2.0 * kinds, 30 * 1.0 + 2.0)


@pytest.mark.usefixtures("without_x64")
def test_another_process_computes_in_double_precision(digits: Dataset) -> None:
    found = _compute_there(
        lambda *_: {"x": np.asarray(jnp.ones(1))}, digits, TOY.at_scale("live"), (0,)
    )
    assert found["x"].dtype == np.float64


def test_a_short_run_needs_no_forecast(digits: Dataset) -> None:
    told: list[float] = []
    runs.run(TOY, digits, TOY.at_scale("live"), announce=told.append)
    assert not told


def test_a_run_announces_once_what_is_left(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticking(monkeypatch)
    told: list[float] = []
    seen: list[np.ndarray] = []
    settings = TOY.at_scale("live")
    runs.run(TOY, digits, settings, progress=seen.append, announce=told.append)
    # The clock is read once a part, so that the second one heard of took a second.
    costs = np.arange(1, 9)
    assert told == [costs[~seen[2]].sum() / costs[seen[2] & ~seen[1]].sum()]


def test_the_seconds_of_a_run_that_was_broken_off_count(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is read at the start, after each part, and at the end."""
    ticking(monkeypatch)
    path, settings = tmp_path / "x.npz", TOY.at_scale("live")
    assert runs.run(TOY, digits, settings, checkpoint=path)[1] == 9
    kept = records.load(path)
    assert kept.provenance["seconds"] == 8
    kept.data["finished_units"][5:] = False
    provenance = {**kept.provenance, "seconds": 100.0}
    records.save(dataclasses.replace(kept, provenance=provenance), path)
    assert runs.run(TOY, digits, settings, checkpoint=path, resume=True)[1] == 104
    assert records.load(path).provenance["seconds"] == 103


def test_a_first_part_that_takes_long_tells_what_is_left(
    digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticking(monkeypatch)
    monkeypatch.setattr(estimates, "LONG", 1.0)
    told: list[float] = []
    seen: list[np.ndarray] = []
    settings = TOY.at_scale("live")
    runs.run(TOY, digits, settings, progress=seen.append, announce=told.append)
    first = 1 + seen[1].argmax()  # in seconds, the cost of the part that was heard of first
    assert told == [(36 - first) / first]


@pytest.mark.parametrize(
    "seconds, told",
    [
        # The first part compiles, 2 s; then a second passes in which two parts are done.
        ([2.0, 2.6, 3.1], [None, None, (4 + 5 + 6) * 1.1 / 5]),
        # A first part that takes long is typical.
        ([7.0, 8.0], [7.0 / 2 * (4 + 6 + 8 + 10 + 12), None]),
    ],
)
def test_a_forecast_by_hand(seconds: list[float], told: list[float | None]) -> None:
    costs = [2.0, 4.0, 6.0, 8.0, 10.0, 12.0]
    forecast = Forecast(Plan({}, [(k,) for k in range(6)], costs), workers=1)
    for k, (after, expected) in enumerate(zip(seconds, told, strict=True)):
        found = forecast.update(np.arange(6) <= k, sum(costs[: k + 1]), after)
        assert found == (None if expected is None else pytest.approx(expected))
    # Costs are in units of anyone's choice.
    forecast = Forecast(Plan({}, [(k,) for k in range(6)], [cost / 100 for cost in costs]), 1)
    for k, (after, expected) in enumerate(zip(seconds, told, strict=True)):
        found = forecast.update(np.arange(6) <= k, sum(costs[: k + 1]) / 100, after)
        assert found == (None if expected is None else pytest.approx(expected))


@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=40), st.integers(1, 12))
def test_workers_keep_graham_s_bound(costs: list[float], workers: int) -> None:
    done, share = makespan(costs, workers), sum(costs) / workers
    assert max(share, *costs) <= done * (1 + 1e-12)
    assert done <= (share + (1 - 1 / workers) * max(costs)) * (1 + 1e-12)
    assert makespan(costs, 1) == pytest.approx(sum(costs))
    assert makespan(costs, len(costs)) == max(costs)


def test_makespan_of_a_few_parts() -> None:
    assert makespan([2, 1, 1, 3], 2) == 5  # the last part waits until both are free at 2
    assert makespan([3, 2, 1, 1], 2) == 4


# The catalog


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_records_say_how_they_differ(experiment: Any) -> None:
    record = records.load(TESTS.parent / "results" / f"{experiment.record}.npz")
    assert record.provenance["differences"] == experiment.differences(record.parameters)
    assert set(experiment.beyond) <= experiment.parameters.keys()


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_plans_are_whole(experiment: Any) -> None:
    """Each unit fills a part of its own, and all together fill every array."""
    parameters = experiment.at_scale("live")
    dataset = datasets.load(experiment.datasets[0])
    plan = experiment.implementation.plan(dataset, parameters)
    assert len(plan.units) == len(plan.costs) and min(plan.costs) > 0
    for array in plan.arrays.values():
        count = np.zeros(array.shape, dtype=int)
        for unit in plan.units:
            count[unit] += 1
        # What is not asked for at this scale, such as a slow network at some digits, stays empty.
        assert count.max() == 1 and (count > 0).mean() > 0.2


def test_scales_and_changes() -> None:
    for scale in SCALES:
        assert MANY_SEEDS.at_scale(scale)["orders"][0] == 2
    assert MANY_SEEDS.differences(MANY_SEEDS.at_scale("paper")) == list(MANY_SEEDS.notes)
    changed = {**MANY_SEEDS.at_scale("paper", draws=3), "dataset": "digits"}
    small_digits, draws, *notes = MANY_SEEDS.differences(changed)
    assert small_digits.startswith("scikit-learn's") and draws == "draws 3 (the paper: 50)"
    assert notes == list(MANY_SEEDS.notes)
    fewer = EXPERIMENTS["trained-mlp"].at_scale("paper", descent_pairs=2)
    assert EXPERIMENTS["trained-mlp"].changes(fewer) == ["descent pairs 2 (full scale: 64)"]
    with pytest.raises(ValueError, match="Expected settings of many-seeds: draws, .* Got x"):
        MANY_SEEDS.at_scale("live", x=1)
    with pytest.raises(ValueError, match="Expected seed: a whole number from 0 to"):
        MANY_SEEDS.at_scale("live", seed=2**64)  # of which JAX makes no key
    with pytest.raises(ValueError, match="Expected a scale among live, reduced, paper"):
        MANY_SEEDS.at_scale("huge")  # type: ignore[arg-type]
