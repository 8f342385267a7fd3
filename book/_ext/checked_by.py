"""Tie a numbered equation or theorem to the tests that check it.

    :::{div} checked-by
    `eq-spectral-error` ✓ checked by `tests/test_spectral.py::test_equals_brute_force`
    :::

The first name in such a block is a label, the others are tests. On the page it reads "✓ checked by
test_equals_brute_force", linked to its source; in JupyterLab, which knows no directive of ours, as
it is written. A label or a test that does not exist is a warning, and so fails the build.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from kept import keep, kept
from sphinx.util import logging

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

LOGGER = logging.getLogger(__name__)
CLASS = "checked-by"


@lru_cache
def tests_in(path: Path, changed: float) -> dict[str, int]:
    """Names of the tests in a file, methods as ``Class::name``, and the lines where they start.

    Args:
        path: A Python file.
        changed: When it was last changed; part of the key of the cache.
    """
    return dict(_tests(ast.parse(path.read_text(encoding="utf-8")).body, ""))


def _tests(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, int]]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef) and statement.name.startswith("test"):
            yield prefix + statement.name, statement.lineno
        elif isinstance(statement, ast.ClassDef) and statement.name.startswith("Test"):
            yield from _tests(statement.body, f"{prefix}{statement.name}::")


def find_test(root: Path, test: str) -> int:
    """The line of a test.

    Args:
        root: The repository.
        test: ``path::name`` or ``path::Class::name``, as pytest writes it.

    Raises:
        ValueError: If there is no such file or no such test in it.
    """
    path, _, name = test.partition("::")
    file = root / path
    if not name or not file.is_file():
        raise ValueError(
            f"Expected FILE::TEST with an existing file. Got {test!r}. "
            "Try tests/test_spectral.py::test_name."
        )
    tests = tests_in(file, file.stat().st_mtime)
    if name not in tests:
        near = ", ".join(sorted(tests)[:5]) or "none"
        raise ValueError(
            f"Expected a test of {path}. Got {name!r}. Try one that is there: {near}, …"
        )
    return tests[name]


def make_lines(app: Sphinx, doctree: nodes.document) -> None:
    """Put a line with links in the place of every block."""
    blocks = [node for node in doctree.findall(nodes.container) if CLASS in node["classes"]]
    for block in blocks:
        block.replace_self(make_line(app.env, block))


def make_line(env: BuildEnvironment, block: nodes.container) -> nodes.paragraph:
    """The line of one block; its label is checked at the end, when every label is known."""
    label, *tests = [name.astext() for name in block.findall(nodes.literal)] or [""]
    if not tests:
        warn("Expected a label and the tests that check it, in backquotes. Got no test.", block)
    line = nodes.paragraph(classes=[CLASS])
    line.source, line.line = block.source, block.line
    # Looked up once every page is read.
    place = logging.get_node_location(block) or env.docname
    checked_labels(env).setdefault(env.docname, []).append((label, place))
    line += nodes.inline("", "✓", classes=["checked-by-mark"])
    line += nodes.Text(" checked by ")
    for number, test in enumerate(tests):
        # The page is read again when the file with the test changes.
        env.note_dependency(test.partition("::")[0])
        try:
            start = find_test(Path(env.srcdir), test)
        except ValueError as error:
            warn(str(error), block)
            continue
        path, _, name = test.partition("::")
        if number:
            line += nodes.Text(", ")
        url = f"{repository(env.config)}/{path}#L{start}"
        link = nodes.reference("", "", refuri=url, internal=False)
        link += nodes.literal("", name.rsplit("::", 1)[-1])
        line += link
    return line


def warn(message: str, location: nodes.Element | str) -> None:
    """Report where the block stands."""
    LOGGER.warning("checked-by: %s", message, location=location, type="checked_by")


def repository(config: Config) -> str:
    """The address under which the repository's files are shown."""
    options = config.html_theme_options
    url, branch = options.get("repository_url", ""), options.get("repository_branch") or "main"
    return f"{url.rstrip('/')}/blob/{branch}"


def numbered_labels(env: BuildEnvironment) -> set[str]:
    """Labels of all equations, theorems and the like, figures and tables."""
    equations = env.get_domain("math").data.get("objects", {})
    proofs = getattr(env, "proof_list", {})
    return set(equations) | set(proofs) | set(env.get_domain("std").data["anonlabels"])


def checked_labels(env: BuildEnvironment) -> dict[str, list[tuple[str, str]]]:
    """The labels of the lines of each page, and where these stand."""
    found: dict[str, list[tuple[str, str]]] = kept(env, "checked_labels")
    return found


def check_labels(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn about every line whose label names nothing."""
    labels = numbered_labels(env)
    for _, lines in sorted(checked_labels(env).items()):
        for label, place in lines:
            if label and label not in labels:
                warn(
                    "Expected the label of an equation or a theorem. "
                    f"Got {label!r}. Try the name in its :label:.",
                    place,
                )


def setup(app: Sphinx) -> dict[str, object]:
    """Register the extension."""
    app.connect("doctree-read", make_lines)
    keep(app, "checked_labels")
    app.connect("env-check-consistency", check_labels)
    return {"env_version": 1, "parallel_read_safe": True, "parallel_write_safe": True}
