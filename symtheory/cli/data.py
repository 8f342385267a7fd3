"""`symtheory data …`."""

from __future__ import annotations

import sys

import click

__all__ = ["data", "fetch"]


@click.group()
def data() -> None:
    """Fetch and verify data sets."""


@data.command()
@click.argument("name", type=click.Choice(["mnist", "fashion-mnist", "kmnist"]))
@click.option(
    "--split",
    type=click.Choice(["test", "train", "all"]),
    default="all",
    show_default=True,
    help="The 10,000 test images, the 60,000 training images (six times as many bytes), or both.",
)
def fetch(name: str, split: str) -> None:
    """Download a data set, unless it is here already, and verify it.

    MNIST (12 MB, from two mirrors), Fashion-MNIST (31 MB) or KMNIST (21 MB). A folder that the
    environment variable SYMTHEORY_DATA names is looked into first, for files packed or not, then
    the user's cache folder, which downloads go to. The SHA-256 of every file is verified.
    """
    from symtheory import datasets

    for one in ("test", "train") if split == "all" else (split,):
        for path in datasets.fetch(name, one, progress=sys.stderr.isatty()):
            click.echo(f"verified {path}")
