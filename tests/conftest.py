"""Settings that every test shares."""

import gc
import os
import resource
import sys
from collections.abc import Iterator
from importlib.util import find_spec

# Before JAX and NumPy are imported. Nearly all of the time goes into compiling small programs that
# run once: XLA's optimizations cost more than they save, and threads only fight the other worker.
# One piece of code for each program, without LLVM's costly passes, takes a sixth off large ones.
# (Compiled as one function, without thunks, many take less still, but trainings abort.)
os.environ["XLA_FLAGS"] = " ".join(
    [
        os.environ.get("XLA_FLAGS", ""),
        "--xla_backend_optimization_level=0",
        "--xla_cpu_multi_thread_eigen=false",
        "--xla_cpu_parallel_codegen_split_count=1",
        "--xla_llvm_disable_expensive_passes=true",
    ]
)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import jax
import numpy as np
import pytest
from hypothesis import settings
from jaxtyping import install_import_hook

# Before anything imports the package: what is imported already is not checked.
install_import_hook("symtheory", "return_types.check_result")

jax.config.update("jax_enable_x64", True)
# Nobody reads which line of Python each operation of a program comes from.
jax.config.update("jax_traceback_in_locations_limit", 0)

# The first call of a jitted function compiles it, which takes longer than any deadline.
settings.register_profile("symtheory", deadline=None, max_examples=30, derandomize=True)
settings.load_profile("symtheory")

# A helper of the tests of the book, which are skipped where Sphinx is not installed.
collect_ignore = [] if find_spec("sphinx") else ["small_site.py"]

# A compiled program takes one to four MB, and is kept as long as the process lives. Tests of one
# file share many, those of different files few.
MOST_IN_A_FILE = 500
MOST_AFTER_A_FILE = 100
_programs = 0
_peaks: dict[str, int] = {}


def _count(event: str, duration: float, **_: object) -> None:
    global _programs
    _programs += event == "/jax/core/compile/backend_compile_duration"


jax.monitoring.register_event_duration_secs_listener(_count)


def pytest_configure(config: pytest.Config) -> None:
    """Keep compiled programs on disk: more than half have been compiled before, or are next time.

    Each worker has a folder of its own, because JAX writes there without locks.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = config.cache.mkdir(f"programs-{worker}")
    jax.config.update("jax_compilation_cache_dir", str(folder))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def pytest_collection_finish() -> None:
    """Collect garbage seldom: what was imported stays, and is long to look through."""
    gc.collect()
    gc.set_threshold(20_000, 20, 50)


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Let compiled programs go before they fill the memory."""
    global _programs
    same_file = nextitem is not None and nextitem.path == item.path
    if _programs > (MOST_IN_A_FILE if same_file else MOST_AFTER_A_FILE):
        jax.clear_caches()
        _programs = 0


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell how much memory this process took at most."""
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = kilobytes // (1024 if sys.platform == "darwin" else 1)
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["peak"] = peak
    else:
        _peaks["main"] = peak


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Hear of it from a worker."""
    _peaks[node.gateway.id] = getattr(node, "workeroutput", {}).get("peak", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    peaks = ", ".join(f"{name} {peak / 1e6:.2f} GB" for name, peak in sorted(_peaks.items()))
    terminalreporter.write_line(f"Memory at most: {peaks}")


@pytest.fixture
def rng() -> np.random.Generator:
    """A fresh generator with a fixed seed for each test."""
    return np.random.default_rng(124)


@pytest.fixture
def without_x64() -> Iterator[None]:
    """JAX as it comes, with 32-bit floats."""
    jax.config.update("jax_enable_x64", False)
    yield
    jax.config.update("jax_enable_x64", True)
