"""The comparisons of speed: how they are timed, and that the record has them all."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from symtheory.experiments.shared.statistics import median_ratio
from symtheory.records import load, published

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="needs the repository")


@pytest.fixture
def measuring(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    yield importlib.import_module("measuring")
    sys.modules.pop("measuring")


def test_the_record_has_every_comparison_or_says_why_not():
    files = {
        path.stem for path in FOLDER.glob("*.py") if "\ndef compare(" in path.read_text("utf-8")
    }
    record = load(published("benchmarks/side_by_side"))
    done = set(record.parameters["benchmarks"])
    skipped = {one["benchmark"] for one in record.parameters["skipped"] if one["why"]}
    assert files and done | skipped == files
    main = (FOLDER / "__main__.py").read_text("utf-8")
    assert all(f'"{name}"' in main for name in files)


def test_the_record_is_whole():
    record = load(published("benchmarks/side_by_side"))
    count, repeats = len(record.parameters["benchmarks"]), record.parameters["repeats"]
    assert record.data["wall"].shape == record.data["cpu"].shape == (count, repeats, 2)
    assert (record.data["wall"] > 0).all()
    assert not (record.data["cpu"] <= 0).any()  # NaN where another program measured itself
    # One thing may be compared with several programs, but not twice with one.
    assert len(set(zip(record.data["what"], record.data["other"], strict=True))) == count
    assert not (record.data["difference"] > 1e-4).any()
    assert record.provenance["command"] == "make benchmarks"


def test_the_kernel_of_fully_connected_networks_is_at_least_as_fast():
    """Of the processor's time, in the record; at five layers with the whole interval."""
    record = load(published("benchmarks/side_by_side"))
    named = np.array(record.parameters["benchmarks"]) == "mlp_kernel"
    ratios = record.data["cpu"][named, :, 1] / record.data["cpu"][named, :, 0]
    assert (np.median(ratios, axis=1) > 1).all() and ratios[-1].min() > 1.5


@pytest.mark.slow
def test_a_ratio_has_an_interval_that_holds_the_median_19_times_in_20():
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(300):
        factors = np.exp(rng.standard_cauchy(6).clip(-20, 20)) * 3  # of median 3
        middle, low, high = median_ratio(np.stack([np.ones(6), factors], axis=1))
        assert low <= middle <= high
        hits += low <= 3 <= high
    assert hits / 300 > 0.95 - 2 * np.sqrt(0.05 * 0.95 / 300)
    assert np.isnan(median_ratio(np.ones((5, 2)) * [1, 2])[1:]).all()


def test_two_ways_take_turns_and_the_first_time_does_not_count(measuring, monkeypatch):
    clock = {"wall": 0.0, "cpu": 0.0}
    monkeypatch.setattr(measuring, "time", SimpleNamespace(perf_counter=lambda: clock["wall"]))
    monkeypatch.setattr(measuring, "processor_seconds", lambda: clock["cpu"])
    calls = []

    def way(name, seconds):
        def run():
            calls.append(name)
            clock["wall"] += seconds if calls.count(name) > 1 else 1000.0
            clock["cpu"] += seconds / 2

        return run

    wall, cpu = measuring.in_turn(way("ours", 2.0), way("other", 3.0), repeats=6)
    np.testing.assert_array_equal(wall, [[2.0, 3.0]] * 6)
    np.testing.assert_array_equal(cpu, [[1.0, 1.5]] * 6)
    turns = [tuple(calls[k : k + 2]) for k in range(2, len(calls), 2)]
    assert len(turns) == 6 and set(turns) == {("ours", "other"), ("other", "ours")}
