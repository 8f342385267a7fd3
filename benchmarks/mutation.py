"""Would a test notice? Cosmic Ray's mutations of the package, each against its module's tests.

A seeded sample: for each module, places in its source are drawn, and at each place one mutation of
those that Cosmic Ray knows. Each mutant is a copy of the repository with one file changed, tested
in a forked process that has the slow imports behind it: first by the tests whose functions run the
changed line (coverage says which), then, where these pass, by all tests of the module.

    make mutants                                                 # 30 mutants of each module
    make mutants MUTANTS="--seed 2 --each 10 groups spectral"

Prints each survivor as it is found, and the score of each module at the end. A survivor is a
missing test, or a mutation that changes nothing that anyone can see (an equivalent mutant).
"""

from __future__ import annotations

import ast
import io
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import click
import coverage
import numpy as np
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider

ROOT = Path(__file__).resolve().parents[1]

TESTS = {
    "groups": ["test_groups", "test_group_values", "test_point_groups"],
    "actions": ["test_actions"],
    "spectral": [
        "test_spectral",
        "test_many_orbits",
        "test_error_bound",
        "test_signed_errors",
        "test_max_margin",
        "test_one_network",
    ],
    "regression": ["test_regression", "test_signed_errors"],
    "representations": ["test_representations", "test_characters", "test_irreps_anywhere"],
    "fourier": ["test_representations"],
    "records": ["test_records"],
    "runs": ["test_running"],
}


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    path: Path
    line: int
    operator: str
    original: str
    source: str

    def __str__(self) -> str:
        """The changed line, before and after."""
        lines = zip(self.original.splitlines(), self.source.splitlines(), strict=False)
        before, after = next(((a, b) for a, b in lines if a != b), ("", "(lines removed)"))
        place = f"{self.path}:{self.line} {self.operator}"
        return f"{place}\n    - {before.strip()}\n    + {after.strip()}"


def sources(module: str) -> list[Path]:
    """The files of a module, relative to the repository."""
    room = ROOT / "symtheory" / module
    files = sorted(room.glob("*.py")) if room.is_dir() else [room.with_suffix(".py")]
    return [path.relative_to(ROOT) for path in files if path.name != "__init__.py"]


def annotated(source: str) -> Callable[[tuple[int, int]], bool]:
    """Whether a position stands in an annotation, which no test can run."""
    spans = []
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            note = getattr(node, name, None)
            if note is not None:
                spans.append(
                    ((note.lineno, note.col_offset), (note.end_lineno, note.end_col_offset))
                )
    return lambda position: any(start <= position < end for start, end in spans)


def operators() -> Iterator[tuple[str, Operator]]:
    """Cosmic Ray's operators, without those that need arguments."""
    provider = OperatorProvider()
    for name in provider:
        if not provider[name].arguments():
            yield name, provider[name]()


def places(path: Path) -> dict[tuple[int, int], list[tuple[str, Operator, int]]]:
    """Where a file can be changed, and how: operators and their occurrences."""
    source = (ROOT / path).read_text()
    skip = annotated(source)
    nodes = list(ast_nodes(get_ast(source)))
    found: dict[tuple[int, int], list[tuple[str, Operator, int]]] = {}
    for name, operator in operators():
        occurrence = 0
        for node in nodes:
            for start, _ in operator.mutation_positions(node):
                if not skip(start):
                    found.setdefault(start, []).append((name, operator, occurrence))
                occurrence += 1
    return found


def sample(module: str, size: int, seed: int) -> list[Mutant]:
    """Mutants of a module: places without replacement, then one change at each."""
    generator = np.random.default_rng([seed, *module.encode()])
    every = [
        (path, start, ways) for path in sources(module) for start, ways in places(path).items()
    ]
    mutants = []
    for index in generator.permutation(len(every)):
        path, (line, _), ways = every[index]
        name, operator, occurrence = ways[generator.integers(len(ways))]
        original = (ROOT / path).read_text()
        source = mutate_code(original, operator, occurrence)
        if source is not None and _differs(source, original):
            mutants.append(Mutant(path, line, name, original, source))
        if len(mutants) == size:
            break
    return mutants


def _differs(one: str, other: str) -> bool:
    try:
        return ast.dump(ast.parse(one)) != ast.dump(ast.parse(other))
    except SyntaxError:
        return False


@contextmanager
def copy_of_repository() -> Iterator[Path]:
    """A tree in which the package and its tests are copies, and the rest are links."""
    with tempfile.TemporaryDirectory(prefix="symtheory-mutant-") as folder:
        for entry in ROOT.iterdir():
            target = Path(folder) / entry.name
            if entry.name in {"symtheory", "tests"}:
                shutil.copytree(entry, target, ignore=shutil.ignore_patterns("__pycache__"))
            elif entry.name not in {".pytest_cache", ".hypothesis"}:
                target.symlink_to(entry)
        yield Path(folder)


@contextmanager
def replaced(path: Path, original: str, source: str) -> Iterator[None]:
    """A file with another content for a while."""
    # Python takes two versions of one second and one size for the same, and uses what is compiled.
    for content in (source, original):
        path.write_text(content)
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()
        if content is source:
            yield


def run_tests(root: Path, tests: list[str], limit: float, measure: Path | None = None) -> bool:
    """Whether tests pass in a tree, in a forked process of its own with a time limit."""
    process = os.fork()
    if not process:
        os.setsid()
        os.chdir(root)
        sys.path.insert(0, str(root))
        os.environ["PYTHONPATH"] = str(root)
        sys.dont_write_bytecode = False
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            if measure:
                watch = coverage.Coverage(
                    data_file=str(measure), source=["symtheory"], config_file=False
                )
                watch.set_option("run:dynamic_context", "test_function")
                watch.start()
            code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", *tests])
            if measure:
                watch.stop()
                watch.save()
        os._exit(int(code))
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(process, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.02)
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return False


def covering(measured: Path, root: Path, tests: list[str]) -> Callable[[Mutant], list[str]]:
    """The tests that run the line of a mutant, as arguments of pytest; all, where none is known."""
    data = coverage.CoverageData(str(measured))
    data.read()

    def of(mutant: Mutant) -> list[str]:
        contexts = data.contexts_by_lineno(str((root / mutant.path).resolve())).get(mutant.line, [])
        functions = {context.rpartition(".")[2] for context in contexts if context}
        chosen = [
            f"{file}::{function}"
            for file in tests
            for function in sorted(functions)
            if f"def {function}(" in (root / file).read_text()
        ]
        return chosen or tests

    return of


def score(module: str, mutants: list[Mutant]) -> int:
    """The number of mutants that a test kills; survivors are printed."""
    examples = [str(path) for path in sources(module)]
    tests = [f"tests/{name}.py" for name in TESTS[module]] + examples
    with copy_of_repository() as root:
        measured = root / ".coverage"
        start = time.monotonic()
        if not run_tests(root, tests, 3600, measured):
            raise click.ClickException(
                f"Expected tests of {module} that pass. Try: pytest {' '.join(tests)}"
            )
        limit = 60 + 5 * (time.monotonic() - start)
        choose = covering(measured, root, tests)
        survivors = 0
        for done, mutant in enumerate(mutants):
            print(f"{module} {done} of {len(mutants)}", end="\r", file=sys.stderr, flush=True)
            with replaced(root / mutant.path, mutant.original, mutant.source):
                chosen = choose(mutant)
                survived = run_tests(root, chosen, limit)
                if survived and chosen != tests:
                    survived = run_tests(root, tests, limit)
            survivors += survived
            if survived:
                print(f"{mutant}\n", flush=True)
    return len(mutants) - survivors


@click.command()
@click.option("--seed", default=1, show_default=True, help="Of the sample.")
@click.option("--each", default=30, show_default=True, help="Mutants of each module.")
@click.argument("modules", nargs=-1, type=click.Choice(sorted(TESTS)))
def main(seed: int, each: int, modules: tuple[str, ...]) -> None:
    """Mutate MODULES (all that are listed, if none is named), and say what no test noticed."""
    import jax  # noqa: F401 -- before the forks, once for all of them
    import scipy.linalg  # noqa: F401

    total = killed = 0
    for module in modules or tuple(TESTS):
        mutants = sample(module, each, seed)
        found = score(module, mutants)
        print(f"{module:16s} {found:4d} of {len(mutants):4d} killed\n", flush=True)
        total, killed = total + len(mutants), killed + found
    print(f"{'in all':16s} {killed:4d} of {total:4d} killed, {killed / total:.0%}")


if __name__ == "__main__":
    main()
