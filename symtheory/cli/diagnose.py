"""`symtheory diagnose …`: images of one's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symtheory.cli.choices import as_action, as_images, as_kernel, as_missing, chosen_seeds

if TYPE_CHECKING:
    from symtheory.diagnosis import Diagnosis

__all__ = ["FOUND", "diagnose"]

# The exit status if a verdict is one that --fail-if names: neither an error (1) nor bad usage (2).
FOUND = 3


@click.command()
@click.argument("data")
@click.option(
    "--group",
    default="rotations:8",
    show_default=True,
    metavar="NAME:N",
    help="What makes the poses: rotations:N, dihedral:N or shifts:N.",
)
@click.option(
    "--network",
    "networks",
    multiple=True,
    default=("mlp",),
    show_default=True,
    metavar="NAME[:SETTING=X,…]",
    help="mlp, cnn, rbf or linear, with settings such as mlp:depth=3 or cnn:pooling='global'; or "
    "module:function, which returns a kernel. May be given several times.",
)
@click.option(
    "--missing",
    "lacking",
    multiple=True,
    metavar="CLASS:POSE,…",
    help="The poses, counted from 0, that a class really lacks; together with others, if given "
    "several times. Without, each class lacks each pose in turn.",
)
@click.option(
    "--seeds", type=click.IntRange(1), default=20, show_default=True, help="Images of each class."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Which ones are drawn.")
@click.option(
    "--ridge",
    type=click.FloatRange(0),
    default=1e-10,
    show_default=True,
    help="In units of the trace of the Gram matrix.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all numbers as JSON.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page, too.")
@click.option(
    "--fail-if",
    type=click.Choice(["fails", "undecided"]),
    multiple=True,
    help=f"End with status {FOUND} if a class has this verdict.",
)
def diagnose(
    data: str,
    group: str,
    networks: tuple[str, ...],
    lacking: tuple[str, ...],
    seeds: int,
    seed: int,
    ridge: float,
    as_json: bool,
    html: Path | None,
    fail_if: tuple[str, ...],
) -> None:
    """Will a pose be recognized that one class never showed?

    DATA is digits or mnist (or another data set of the package), a file .npz with the arrays images
    and labels, or a folder with a folder of pictures for each class. Each image is brought to zero
    mean and unit norm, and turned or shifted into all its poses. Then each class in turn lacks one
    pose that all others show, and the theory tells, without training, what very wide networks say
    of it.

    \b
    Examples:
      symtheory diagnose digits --group rotations:8
      symtheory diagnose pictures/ --group shifts:7 --network mlp --network mlp:depth=3
      symtheory diagnose own.npz --group dihedral:4 --json > found.json
      symtheory diagnose digits --missing 3:0 --missing 7:0,4
    """  # noqa: D301
    import jax

    jax.config.update("jax_enable_x64", True)
    from symtheory.actions import orbit
    from symtheory.datasets import normalize
    from symtheory.diagnosis import diagnose as of

    images, labels = as_images(data)
    chosen = chosen_seeds(labels, seeds, seed)
    action = as_action(group, images.shape[1:])
    kernels = {name: as_kernel(name) for name in networks}
    missing = as_missing(lacking, labels) if lacking else None
    orbits = normalize(orbit(images[chosen], action), item_ndim=images.ndim - 1)
    found = {
        name: of(
            orbits,
            labels[chosen].tolist(),
            kernel,
            group=action.group,
            missing=missing,
            ridge=ridge,
        )
        for name, kernel in kernels.items()
    }
    if html is not None:
        html.write_text(_page(data, found), encoding="utf-8")
    if as_json:
        click.echo(json.dumps({name: one.to_dict() for name, one in found.items()}))
    else:
        click.echo("\n\n".join(f"{name}\n{one}" for name, one in found.items()))
    _end(found, fail_if)


def _page(data: str, found: dict[str, Diagnosis]) -> str:
    """One file, which needs no other."""
    from html import escape

    style = (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;display:block;overflow-x:auto}"
        "caption{text-align:left;font-weight:600}"
        "td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid #8888}"
        "@media(prefers-color-scheme:dark){body{background:#121212;color:#eee}}"
    )
    parts = "".join(f"<h2>{escape(name)}</h2>{one._repr_html_()}" for name, one in found.items())
    title = escape(f"Diagnosis of {data}")
    return (
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{title}</title>"
        "<meta name='viewport' content='width=device-width'>"
        f"<style>{style}</style><h1>{title}</h1>{parts}</html>"
    )


def _end(found: dict[str, Any], fail_if: tuple[str, ...]) -> None:
    """End with a status if a verdict was asked for."""
    words = {str(word) for one in found.values() for word in one.verdict.ravel()}
    if words & set(fail_if):
        click.get_current_context().exit(FOUND)
