"""Make all that can be taken away from the built site:  ``python -m away SITE FOLDER``."""

from __future__ import annotations

import argparse
import time
from importlib.metadata import version
from pathlib import Path

from away.archive import write_archive
from away.deck import copy_players, write_decks
from away.epub import write_epub
from away.mathml import CHECKS, read_formulas
from away.packing import pack, read_folder
from away.publish import publish
from away.site import read_page, read_parts


def main() -> None:
    """Read the site once, then write one thing after another."""
    parser = argparse.ArgumentParser(prog="away", description="What can be taken away.")
    parser.add_argument("site", type=Path, help="the built site")
    parser.add_argument("folder", type=Path, help="where to")
    args = parser.parse_args()
    start = time.perf_counter()

    def done(what: str) -> None:
        print(f"{time.perf_counter() - start:6.1f} s  {what}")

    parts = [
        (part, [read_page(args.site, name) for name in part.pages])
        for part in read_parts(Path("_toc.yml"))
    ]
    pages = [page for _, pages in parts for page in pages]
    formulas = read_formulas(pages, args.site)
    done("pages and formulas read")
    book = pages[0].title
    write_decks(parts, book, formulas, args.folder / "slides")
    copy_players(args.folder / "slides", args.site, CHECKS / "node_modules")
    pack(args.folder / "symtheory-slides.zip", read_folder(args.folder / "slides", "slides"))
    done("slides")
    path = args.folder / "symtheory-figures.zip"
    items = write_archive(pages, book, formulas, Path("LICENSE-TEXT"), path)
    done(f"{len(items)} figures and formulas")
    write_epub(parts, formulas, args.folder / "symtheory.epub", version=version("symtheory"))
    done("EPUB")
    publish(args.folder, args.site)
    done("all in the site")


if __name__ == "__main__":
    main()
