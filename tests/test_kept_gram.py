"""A Gram matrix in parts: kept when it is interrupted, and the same bits whoever computes it."""

import json

import numpy as np
import pytest
from click.testing import CliRunner

from symtheory import records
from symtheory.cli import kept_gram as parts
from symtheory.cli.app import cli
from symtheory.cli.kept_gram import Points, kept_gram
from symtheory.datasets import load_digits
from symtheory.diagnosis import Diagnosis
from symtheory.kernels import gram
from symtheory.ntk import MLPKernel

ASKED = ["digits", "--seeds", "2", "--group", "rotations:4"]
SAVED = "--save", "found.npz"
UNSEEDED = """
import numpy as np
from symtheory import empirical

def build():
    projection = np.random.default_rng().normal(size=(784, 9))
    return empirical.from_features(lambda x: x.reshape(len(x), -1) @ projection)
"""


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(*arguments):
    return CliRunner().invoke(cli, ["diagnose", *ASKED, *arguments])


@pytest.fixture
def computed(monkeypatch):
    """The blocks that are computed; Ctrl-C comes before the fifth one, the first time."""
    units, compute = [], parts._Blocks.compute

    def counted(self, points, settings, unit):
        units.append(unit)
        if len(units) == 5:
            raise KeyboardInterrupt
        return compute(self, points, settings, unit)

    monkeypatch.setattr(parts._Blocks, "compute", counted)
    return units


@pytest.mark.slow
def test_an_interrupted_run_goes_on_and_gives_the_same_bits(computed, tmp_path):
    first = run(*SAVED, "--resume")
    assert first.exit_code == 130
    assert "What is done is kept in found.partial.npz: the same command finishes it" in first.output
    finished = records.load("found.partial.npz").data["finished_units"]
    assert finished[:4].all() and not finished[4] and not (tmp_path / "found.npz").exists()
    # What was begun before the interrupt was heard of is kept as well.
    done = [unit for unit, kept in zip(computed, finished, strict=False) if kept]
    computed[:] = [None] * 5
    assert run(*SAVED, "--resume").exit_code == 0
    assert not (tmp_path / "found.partial.npz").exists()
    again = computed[5:]
    assert len(again) == 36 - finished.sum() and not any(unit in done for unit in again)

    resumed = Diagnosis.load("found.npz")
    assert run("--save", "whole.npz", "--resume").exit_code == 0
    whole = Diagnosis.load("whole.npz")
    assert resumed.provenance["dataset_hash"] == whole.provenance["dataset_hash"]
    assert json.dumps(resumed.to_dict()) == json.dumps(whole.to_dict())
    assert "--resume" not in resumed.provenance["command"]


def test_what_is_said_is_what_the_whole_matrix_says():
    one, other = (json.loads(run("--json", *more).output)["mlp"] for more in ((), IN_PARTS))
    assert one.keys() == other.keys()
    for name in ("accuracy", "regression", "nearest", "verdict"):
        assert one[name] == other[name]
    np.testing.assert_allclose(one["margin"], other["margin"], atol=1e-6)
    for name in ("interpolated", "action_defect"):  # known of items, not of a matrix
        assert one["cautions"][name] == other["cautions"][name]


IN_PARTS = *SAVED, "--resume"


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # of Dask's own
def test_other_processes_give_the_same_bits():
    from dask.distributed import Client, LocalCluster

    points = Points("digits", load_digits().images[:30])
    here = kept_gram(points, "mlp:depth=2", kept=None, client=None)
    np.testing.assert_allclose(here, gram(MLPKernel(depth=2), points.values[:, None]), rtol=1e-12)
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        there = kept_gram(points, "mlp:depth=2", kept=None, client=client)
    assert here.tobytes() == there.tobytes()
    np.testing.assert_array_equal(here, here.T)


def test_parts_of_other_items_are_not_taken_for_those_of_these(computed):
    assert run(*SAVED, "--resume").exit_code == 130
    other = run(*SAVED, "--resume", "--seed", "5")
    assert isinstance(other.exception, ValueError)
    assert "to be of the same dataset_hash" in str(other.exception)


def test_a_network_that_is_another_one_each_time_is_refused(tmp_path):
    (tmp_path / "unseeded_network.py").write_text(UNSEEDED)
    result = run("--network", "unseeded_network:build", *SAVED, "--resume")
    assert isinstance(result.exception, ValueError)
    assert "to return the same network each time. Got one of other values" in str(result.exception)


@pytest.mark.parametrize(
    "options, message",
    [
        (["--resume"], "Expected --save with --resume"),
        ([*SAVED, "--resume", "--poses-up-to", "8"], "Expected --poses-up-to without --resume"),
    ],
)
def test_what_does_not_go_together_is_refused(options, message):
    result = run(*options)
    assert result.exit_code == 2 and message in result.output and "Try" in result.output
