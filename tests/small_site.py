"""A site of a page or two, built as the book is."""

import io
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils


class Site:
    """A small site in a folder, built as the book is."""

    def __init__(self, folder: Path, *extensions: str, notebooks: bool = False) -> None:
        self.source, self.out = folder, folder / "_build" / "html"
        self.config = {
            "extensions": ["myst_nb" if notebooks else "myst_parser", *extensions],
            # Sphinx shares its default among all sites of a process.
            "source_suffix": {".md": "myst-nb" if notebooks else "markdown"},
            "html_theme": "basic",
            "exclude_patterns": ["_build"],
        }
        self.warnings = ""

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.source / f"{name}.md").write_text(text, encoding="utf-8")

    def build(self) -> int:
        warnings = io.StringIO()
        with patch_docutils(), docutils_namespace():
            app = Sphinx(
                srcdir=self.source,
                confdir=None,
                outdir=self.out,
                doctreedir=self.out.parent / ".doctrees",
                buildername="html",
                confoverrides=self.config,
                status=None,
                warning=warnings,
                warningiserror=True,
                keep_going=True,
            )
            try:
                app.build()
            finally:
                self.warnings = warnings.getvalue()
        return app.statuscode

    def page(self, name: str = "index") -> str:
        return (self.out / f"{name}.html").read_text(encoding="utf-8")
