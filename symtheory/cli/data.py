"""`symtheory data …`."""

from __future__ import annotations

import sys

import click


@click.group()
def data() -> None:
    """Fetch and verify data sets."""


@data.group()
def fetch() -> None:
    """Download a data set, unless it is here already, and verify it."""


@fetch.command()
@click.option(
    "--split",
    type=click.Choice(["test", "train", "all"]),
    default="all",
    show_default=True,
    help="The 10,000 test images (1.7 MB), the 60,000 training images (10 MB), or both.",
)
def mnist(split: str) -> None:
    """MNIST, from two mirrors, its SHA-256 verified.

    A folder that the environment variable SYMTHEORY_DATA names is looked into first, then the
    user's cache folder, which downloads go to.
    """
    from symtheory.datasets import fetch_mnist

    for name in ("test", "train") if split == "all" else (split,):
        for path in fetch_mnist(name, progress=sys.stderr.isatty()):
            click.echo(f"verified {path}")
