"""The command line, as a person meets it: exit codes, one-line errors, interruption."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lanes import slow

from symtheory import cli, datasets, records, runs
from symtheory.cli import reproduce
from symtheory.cli.progress import bar, duration
from symtheory.cli.streams import make_usable
from symtheory.datasets import mnist
from symtheory.datasets.published import FILES, PUBLISHED
from symtheory.experiments.catalog import EXPERIMENTS
from symtheory.experiments.experiment import Experiment
from symtheory.experiments.rotated_digits import run as rotated_digits
from symtheory.experiments.rotated_digits.settings import ROTATED_DIGITS
from symtheory.experiments.settings import Settings
from symtheory.experiments.shared import rotated_pairs
from symtheory.runs import estimates, runner
from symtheory.runs.checkpoints import Checkpoint

RESULTS = Path(__file__).parent.parent / "results"
RUN = ["reproduce", "rotated-digits", "--pairs", "4", "--orders", "2,4"]


def run(dataset: datasets.Dataset, **changes: Any) -> dict[str, np.ndarray]:
    """What the command computes, without it."""
    return runs.run(ROTATED_DIGITS, dataset, ROTATED_DIGITS.at_scale("live", **changes))[0]


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert isinstance(caught.value.code, int)
    return caught.value.code, *capsys.readouterr()


class Refused(Exception):
    """What stands in for a run: it carries the settings that it was asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings


def read(name: str, *options: str) -> None:
    """What the command line makes of options."""

    def ask(experiment: Experiment, dataset: str, settings: Settings, **_: Any) -> None:
        raise Refused(settings)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reproduce, "run_and_keep", ask)
        cli.main(["reproduce", name, *options])


@pytest.fixture(autouse=True)
def no_forecast(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short run that a busy machine makes long says how long it takes; not in these tests."""
    monkeypatch.setattr(estimates, "LONG", float("inf"))
    monkeypatch.setattr(estimates, "LOOK", float("inf"))


@pytest.fixture(autouse=True)
def in_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotated_pairs, "UNIT_IMAGES", 8)


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys)
    assert code == 0 and not err
    assert "symtheory reproduce rotated-digits" in out and "symtheory data fetch mnist" in out
    assert "--scale paper" in out
    assert call(capsys, "--help")[1] == out
    for command in (["data"], ["data", "fetch", "--help"], ["data", "fetch", "mnist", "--help"]):
        assert "Usage" in "".join(call(capsys, *command)[1:])


def test_help_needs_no_heavy_import() -> None:
    program = """
import sys
from symtheory.cli import main
try:
    main(["--help"])
except SystemExit as stop:
    assert not stop.code
for heavy in ("jax", "numpy", "scipy", "sklearn", "pooch", "tqdm", "matplotlib"):
    assert heavy not in sys.modules, heavy
"""
    subprocess.run([sys.executable, "-c", program], check=True, stdout=subprocess.DEVNULL)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    version = records.package_versions()["symtheory"]
    assert call(capsys, "--version") == (0, f"symtheory {version}\n", "")


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_every_experiment_is_a_command(
    experiment: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, "reproduce", experiment.name, "--help")
    assert code == 0 and not err and "Examples:" in out and "--resume" in out
    text = " ".join(out.split())
    assert "--debug" in out
    for name, (item, _) in experiment.parameters.items():
        assert f"--{name.replace('_', '-')}" in text and item.help.split()[0] in text


def test_reproduce_writes_a_record(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, err = call(capsys, *RUN)
    assert (code, err) == (0, "")
    path = Path("results", "rotated-digits-digits.npz")
    assert f"Written to {path}" in out
    assert [file.name for file in (tmp_path / "results").iterdir()] == [path.name]

    record = records.load(path)
    digits = datasets.load_digits()
    assert record.name == "rotated-digits"
    assert record.parameters == {
        "dataset": "digits",
        "dataset_hash": digits.sha256,
        "pairs": 4,
        "orders": [2, 4],
        "depth": 1,
        "ridge": 1e-10,
        "seed": 124,
    }
    assert record.provenance["dataset_hash"] == digits.sha256
    assert record.provenance["command"] == (
        "symtheory reproduce rotated-digits --dataset digits --pairs 4 --orders 2,4 --depth 1 "
        "--ridge 1e-10 --seed 124"
    )
    assert "pairs 4 (the paper: 512)" in record.provenance["differences"]
    expected = run(digits, pairs=4, orders=(2, 4))
    for key, value in expected.items():
        assert record.data[key].tobytes() == value.tobytes()

    title, head, *lines, _ = out.splitlines()
    assert title.startswith("4 pairs of digits") and head.split()[0] == "N"
    table = [line.split() for line in lines]
    median = rotated_digits.medians(record.data)
    assert [row[0] for row in table] == ["2", "4"]
    np.testing.assert_allclose([float(row[1]) for row in table], median["exact_error"], atol=1e-4)


def test_the_same_run_may_replace_its_result(capsys: pytest.CaptureFixture[str]) -> None:
    assert call(capsys, *RUN, "--out", "x.npz")[0] == 0
    assert call(capsys, *RUN, "--out", "x.npz")[0] == 0
    code, _, err = call(capsys, *RUN, "--seed", "5", "--out", "x.npz")
    assert code == 1 and "with seed 124, not 5" in err and err.count("\n") == 1
    assert records.load("x.npz").parameters["seed"] == 124


def test_interrupt_and_resume(
    capsys: pytest.CaptureFixture[str], small_units: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute = rotated_digits.measure_orders
    calls = []

    def interrupted(*arguments: object, **options: object) -> list[dict[str, np.ndarray]]:
        calls.append(1)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return compute(*arguments, **options)  # type: ignore[arg-type]

    command = [*RUN, "--out", "x.npz"]
    with monkeypatch.context() as patch:
        patch.setattr(rotated_digits, "measure_orders", interrupted)
        patch.setattr(rotated_digits, "WORKERS", 1)
        code, out, err = call(capsys, *command)
    assert (code, out) == (130, "")
    assert err == (
        "symtheory: Interrupted. What is done is kept in x.partial.npz: add --resume to finish.\n"
    )
    assert not Path("x.npz").exists()

    code, out, err = call(capsys, *command)
    assert (code, out) == (1, "") and "--resume" in err and err.count("\n") == 1
    code, _, err = call(capsys, *command, "--seed", "1", "--resume")
    assert code == 1 and "of the same seed, 1" in err

    assert call(capsys, *command, "--resume")[0] == 0
    assert not Path("x.partial.npz").exists()
    expected = run(datasets.load_digits(), pairs=4, orders=(2, 4))
    resumed = records.load("x.npz").data
    assert all(resumed[key].tobytes() == value.tobytes() for key, value in expected.items())


def test_every_record_says_how_it_differs_from_the_paper() -> None:
    """Also one that is older than a setting."""
    for path in RESULTS.glob("*.npz"):
        record = records.load(path)
        experiment = EXPERIMENTS[record.name]
        differences = experiment.differences(record.parameters)
        assert set(experiment.changes(record.parameters)) <= set(differences)
        assert all(isinstance(phrase, str) for phrase in differences)
        asked = list(record.parameters)
        for name in set(asked) & set(experiment.parameters):
            older = {key: value for key, value in record.parameters.items() if key != name}
            assert len(experiment.changes(older)) <= len(experiment.changes(record.parameters))


@pytest.mark.parametrize(
    "path",
    [
        slow(path) if path.stem == "trained-mlp-mnist" else path
        for path in sorted(RESULTS.glob("*.npz"))
    ],
    ids=lambda path: path.stem,
)
def test_every_record_has_a_table(path: Path) -> None:
    title, head, *lines = (
        EXPERIMENTS[records.load(path).name].table(records.load(path)).splitlines()
    )
    assert title.endswith(":") or "Medians" in title
    assert len(lines) >= 2 and all(len(line) == len(head) for line in lines)
    assert "nan" not in "".join(lines)


@pytest.mark.slow
def test_an_estimate_computes_nothing_else(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    many = ["reproduce", "many-seeds", "--draws", "50", "--orders", "2", "--estimate"]
    code, out, err = call(capsys, *many)
    assert (code, err) == (0, "") and out.startswith("About ") and out.count("\n") == 1
    assert re.search(r"of \d+ parts\. The longest takes about .*: only whole parts are kept", out)
    # One part is all: to measure it is to run it.
    code, out, err = call(capsys, *RUN, "--estimate")
    assert (code, err) == (0, "") and out.count("\n") == 1
    assert out.startswith("Not estimated: of 1 part, ")
    assert not list(tmp_path.iterdir())
    # The result of another run is in nobody's way: nothing is written.
    assert call(capsys, *RUN, "--out", "x.npz")[0] == 0
    other = [word if word != "2,4" else "2" for word in RUN]
    assert other != RUN
    assert call(capsys, *other, "--out", "x.npz", "--estimate")[0] == 0
    assert call(capsys, *other, "--out", "x.npz")[0] == 1


def test_the_estimate_of_the_rest_asks_for_resume(
    capsys: pytest.CaptureFixture[str], small_units: None
) -> None:
    run_kept = [*RUN, "--out", "x.npz"]
    assert call(capsys, *run_kept)[0] == 0
    record = records.load("x.npz")
    plan = ROTATED_DIGITS.implementation.plan(
        datasets.load_digits(), ROTATED_DIGITS.at_scale("live", pairs=4, orders=(2, 4))
    )
    kept = Checkpoint(Path("x.partial.npz"), record.name, record.parameters)
    kept.save(plan, np.arange(len(plan.units)) < 1, 1.0)
    code, _, err = call(capsys, *run_kept, "--estimate")
    assert code == 2 and "Try --resume --estimate" in err
    code, out, _ = call(capsys, *run_kept, "--estimate", "--resume")
    assert code == 0 and out.count("\n") == 1


@pytest.mark.filterwarnings("default")
def test_another_number_of_cores_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = datasets.load_digits()
    settings = ROTATED_DIGITS.at_scale("live", pairs=4, orders=(2, 4))
    plan = ROTATED_DIGITS.implementation.plan(digits, settings)
    kept = Checkpoint(Path("x.partial.npz"), "rotated-digits", runs.described(digits, settings))
    cores = records.available_cores()
    with monkeypatch.context() as patch:
        patch.setattr(records, "available_cores", lambda: cores + 1)
        kept.save(plan, np.zeros(len(plan.units), dtype=bool), 1.0)
    code, _, err = call(capsys, *RUN, "--out", "x.npz", "--resume")
    assert code == 0 and err.startswith("symtheory: Expected to resume on ")
    assert err.count("\n") == 1


def test_a_cluster_without_dask_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dask.distributed", None)
    code, out, err = call(capsys, *RUN, "--workers", "2")
    assert (code, out) == (1, "") and "symtheory[cluster]" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "seconds, text",
    [(0.2, "1 s"), (4.6, "5 s"), (59.0, "59 s"), (150.0, "2 min"), (9000.0, "2.5 h")],
)
def test_durations_are_written_as_people_say_them(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_only_a_long_run_says_how_long(capsys: pytest.CaptureFixture[str]) -> None:
    with bar("toy") as (progress, announce):
        progress(np.arange(12) < 3)
        announce(2.0)
        announce(27.0)
    assert capsys.readouterr().out == "About 27 s more, measured on the first parts.\n"


def test_bounds_are_those_of_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    """Not guessed from the paper's values: zero and fractions, alone and in lists."""
    with pytest.raises(Refused) as asked:
        read("convolution", "--pooled-pairs", "0")
    assert asked.value.settings["pooled_pairs"] == 0
    with pytest.raises(Refused) as asked:
        read("longer-training", "--angle", "7.5", "--held-back", "0.25")
    assert (asked.value.settings["angle"], asked.value.settings["held_back"]) == (7.5, 0.25)
    with pytest.raises(Refused) as asked:
        read("width-sweep", "--norms", "0.5,28", "--epochs", "400,400")
    assert (
        asked.value.settings["norms"] == [0.5, 28] and asked.value.settings["epochs"] == [400] * 2
    )


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS)
def test_every_bound_holds_on_the_command_line(
    experiment: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (item, kind) in experiment.parameters.items():
        option = f"--{name.replace('_', '-')}"
        for beyond in (item.minimum, item.maximum, item.above):
            if beyond is None:
                continue
            step = {item.minimum: -1, item.maximum: 1, item.above: 0}[beyond]
            code, _, err = call(capsys, "reproduce", experiment.name, option, f"{beyond + step:g}")
            assert code == 2 and f"Expected {option}: " in err and "Try " in err, name
        code, _, err = call(capsys, "reproduce", experiment.name, option, "1,1")
        assert code == 2 or not item.distinct, name
        if kind.one is not str:
            code, _, err = call(capsys, "reproduce", experiment.name, option, "some")
            assert code == 2 and f"Expected {option}: " in err, name


def test_a_terminal_of_few_characters(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    make_usable()
    print("N,N,… at 360°/N, ε ≥ 1", flush=True)
    assert written.getvalue() == "N,N,... at 360°/N, ? ? 1\n".encode("latin-1")


def test_closed_streams_and_an_early_interrupt(tmp_path: Path) -> None:
    """In a process of its own, whose standard error is closed, or which is interrupted at once."""
    program = "import os, sys; os.close(2); sys.stderr = None; from symtheory.cli import main; "
    closed = subprocess.run(
        [sys.executable, "-c", program + "main(['reproduce', 'shifts', '--pairs', '0'])"],
        capture_output=True,
    )
    assert (closed.returncode, closed.stdout) == (2, b"")
    program = """
import os, signal, sys
from symtheory.cli import interrupts
with interrupts.ended_at_once():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(10**6))
    except BaseException:  # as modules do that are interrupted while they are imported
        pass
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (130, "symtheory: Interrupted.\n")


def test_debug_shows_a_traceback(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_text("no record")
    command = [*RUN, "--out", "x.npz"]
    for arguments in ([*command, "--debug"], ["--debug", *command]):
        code, _, err = call(capsys, *arguments)
        assert code == 1 and err.startswith("Traceback") and "\nsymtheory: " in err
        assert "RecordError" in err


def test_interrupt_before_anything_is_done(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "_fill", interrupted)
    code, _, err = call(capsys, *RUN)
    assert code == 130 and "Nothing was done yet" in err


@pytest.mark.parametrize(
    "arguments, code, message",
    [
        (["reproduce", "nothing"], 2, "No such command"),
        ([*RUN, "--pairs", "0"], 2, "--pairs"),
        ([*RUN, "--depth", "x"], 2, "--depth"),
        ([*RUN, "--orders", "2,two"], 2, "Got 2,two. Try 2,4,8."),
        ([*RUN, "--orders", "2,2"], 2, "--orders: different whole numbers from 1"),
        ([*RUN, "--orders", "0"], 2, "from 1"),
        ([*RUN, "--scale", "huge"], 2, "--scale"),
        ([*RUN, "--workers", "2", "--scheduler", "tcp://127.0.0.1:9"], 2, "Got both"),
        ([*RUN, "--dataset", "cifar"], 2, "--dataset"),
        ([*RUN, "--out", "x.txt"], 2, ".npz"),
        (["data", "fetch", "mnist", "--split", "some"], 2, "--split"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = call(capsys, *arguments)
    assert (found, out) == (code, "")
    assert message in err and err.startswith("symtheory: ") and err.count("\n") == 1


def test_a_file_in_the_way_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    code, _, err = call(capsys, *RUN, "--out", "file/x.npz")
    assert code == 1 and "file" in err and err.count("\n") == 1
    (tmp_path / "x.npz").write_text("no record")
    code, _, err = call(capsys, *RUN, "--out", "x.npz")
    assert code == 1 and "damaged or something else" in err and err.count("\n") == 1


def test_fetch_without_a_network(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(mnist.VARIABLE, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(mnist, "cache_folder", lambda dataset: tmp_path / "cache")
    unreachable = replace(PUBLISHED["mnist"], mirrors=("http://127.0.0.1:9/",))
    monkeypatch.setitem(PUBLISHED, "mnist", unreachable)
    code, out, err = call(capsys, "data", "fetch", "mnist", "--split", "test")
    assert (code, out) == (1, "")
    assert FILES["test"][0] in err and "SYMTHEORY_DATA" in err and err.count("\n") == 1
    code, _, err = call(capsys, *RUN, "--dataset", "mnist")
    assert code == 1 and err.count("\n") == 1


def test_fetch_names_what_it_verified(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(name: str, split: str, *, progress: bool) -> tuple[Path, Path]:
        return Path(f"{name}/{split}-images"), Path(f"{name}/{split}-labels")

    monkeypatch.setattr(datasets, "fetch", fetch)
    places = [f"kmnist/{s}-{w}" for s in ("test", "train") for w in ("images", "labels")]
    assert call(capsys, "data", "fetch", "kmnist") == (
        0,
        "".join(f"verified {place}\n" for place in places),
        "",
    )
