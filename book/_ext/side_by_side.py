"""Execute chapters side by side, before Sphinx reads them one after the other.

Chapters that are not in the execution cache are executed, several at a time, and put there under
the keys that myst-nb looks up: when it reads a chapter, it finds the outputs. One chapter for each
core runs at a time, or as many as ``CHAPTERS_AT_ONCE`` in the environment says; those that took
longest when they last ran come first, so that no long one is left over at the end.

A chapter that fails fails the build, after the others have run and are kept.
"""

from __future__ import annotations

import asyncio
import os
import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from myst_nb.core.read import create_nb_reader
from nbclient import NotebookClient
from sphinx.errors import ExtensionError
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_cache.cache.main import JupyterCacheBase
    from myst_nb.sphinx_ import SphinxEnvType
    from nbformat import NotebookNode
    from sphinx.application import Sphinx

LOGGER = logging.getLogger(__name__)
SETTING = "CHAPTERS_AT_ONCE"
# What numerical libraries read when they start; each chapter gets its share of the cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
# Kernels warn on the terminal that they can be listened to; only this machine can.
QUIET = "--IPKernelApp.log_level=ERROR"


@dataclass(frozen=True)
class Chapter:
    """A notebook that is to be executed.

    Attributes:
        docname: Its name among the pages.
        path: Its file.
        notebook: Its cells; execution adds the outputs.
    """

    docname: str
    path: Path
    notebook: NotebookNode

    @property
    def characters(self) -> int:
        """Length of its code."""
        return sum(len(cell.source) for cell in self.notebook.cells if cell.cell_type == "code")


def cores() -> int:
    """Processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chapters_at_once() -> int:
    """How many chapters run at a time.

    Raises:
        ExtensionError: If the setting is not a positive integer.
    """
    text = os.environ.get(SETTING) or str(cores())
    if not (text.isdecimal() and int(text) > 0):
        raise ExtensionError(
            f"Expected {SETTING} as a positive integer. Got {text!r}. Try {SETTING}=2."
        )
    return int(text)


def chapters_to_execute(
    env: SphinxEnvType, docnames: list[str], cache: JupyterCacheBase
) -> list[Chapter]:
    """The notebooks among the pages whose outputs the cache lacks.

    A notebook with execution settings of its own is left to myst-nb, which knows them.
    """
    chapters = []
    for docname in docnames:
        path = Path(env.doc2path(docname))
        text = path.read_text(encoding="utf-8")
        reader = create_nb_reader(str(path), env.myst_config, env.mystnb_config, text)
        if reader is None:
            continue
        notebook = reader.read(text)
        if env.mystnb_config.metadata_key not in notebook.metadata and not is_cached(
            cache, notebook
        ):
            chapters.append(Chapter(docname, path, notebook))
    return chapters


def is_cached(cache: JupyterCacheBase, notebook: NotebookNode) -> bool:
    """Whether the cache holds the outputs of a notebook."""
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def seconds_before(caches: Path) -> dict[str, float]:
    """Seconds that each file took when it last ran, from this cache and those kept beside it."""
    folders = sorted(
        (path.parent for path in caches.glob("*/global.db")), key=lambda path: path.stat().st_mtime
    )
    return {
        record.uri: record.data["execution_seconds"]
        for folder in folders
        for record in get_cache(folder).list_cache_records()
        if "execution_seconds" in record.data
    }


def longest_first(chapters: list[Chapter], seconds: dict[str, float]) -> list[Chapter]:
    """In order of execution; one that never ran comes before all others, the longest code first."""
    return sorted(
        chapters,
        key=lambda chapter: (
            seconds.get(str(chapter.path), float("inf")),
            chapter.characters,
            chapter.docname,
        ),
        reverse=True,
    )


@contextmanager
def limited_threads(workers: int) -> Iterator[None]:
    """Give kernels that start here their share of the cores, unless the environment says more."""
    share = str(max(1, cores() // workers))
    ours = [name for name in THREADS if name not in os.environ]
    os.environ.update(dict.fromkeys(ours, share))
    try:
        yield
    finally:
        for name in ours:
            del os.environ[name]


def execute(chapter: Chapter, timeout: int | None) -> float:
    """Run the cells of a chapter in its folder, up to the first that fails.

    Returns:
        Seconds that it took.
    """
    client = NotebookClient(
        chapter.notebook,
        timeout=timeout,
        record_timing=False,  # the metadata of cells are part of the key
        resources={"metadata": {"path": str(chapter.path.parent)}},
        extra_arguments=[QUIET],
    )
    start = time.perf_counter()
    asyncio.run(client.async_execute())
    return time.perf_counter() - start


def keep(cache: JupyterCacheBase, chapter: Chapter, seconds: float) -> None:
    """Put an executed chapter into the cache."""
    bundle = CacheBundleIn(chapter.notebook, str(chapter.path), data={"execution_seconds": seconds})
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)


def execute_all(
    chapters: list[Chapter], cache: JupyterCacheBase, workers: int, timeout: int | None
) -> list[str]:
    """Execute chapters in the given order, and keep those that succeed.

    Returns:
        Names of those that failed.
    """
    waiting, failed = list(chapters), []
    running: dict[Future[float], Chapter] = {}
    with limited_threads(workers), ThreadPoolExecutor(workers) as pool:
        try:
            while waiting or running:
                while waiting and len(running) < workers:
                    chapter = waiting.pop(0)
                    running[pool.submit(execute, chapter, timeout)] = chapter
                names = ", ".join(chapter.docname for chapter in running.values())
                LOGGER.info("executing %s; %d left", names, len(waiting))
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    chapter = running.pop(future)
                    try:
                        seconds = future.result()
                        keep(cache, chapter, seconds)
                        LOGGER.info("executed %s in %.0f s", chapter.docname, seconds)
                    except Exception as error:
                        failed.append(chapter.docname)
                        LOGGER.error("%s", error, location=chapter.docname, type="execution")
        except BaseException:
            # An interrupted build waits for no kernel.
            for kernel in psutil.Process().children():
                kernel.kill()
            raise
    return failed


def execute_missing(app: Sphinx, env: SphinxEnvType, docnames: list[str]) -> None:
    """Execute what the cache lacks of the pages that will be read.

    Raises:
        ExtensionError: If a chapter fails.
    """
    if env.mystnb_config.execution_mode != "cache":
        return
    folder = Path(env.mystnb_config.execution_cache_path)
    cache = get_cache(folder)
    chapters = longest_first(
        chapters_to_execute(env, docnames, cache), seconds_before(folder.parent)
    )
    failed = execute_all(chapters, cache, chapters_at_once(), env.mystnb_config.execution_timeout)
    if failed:
        raise ExtensionError(
            f"Expected every chapter to run. Got errors in {', '.join(failed)}. "
            "Try the cells above; the other chapters are kept and will not run again."
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the extension."""
    app.connect("env-before-read-docs", execute_missing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
