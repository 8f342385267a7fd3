"""`symtheory diagnose …`: images of one's own, and other items."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from symtheory.cli import options
from symtheory.cli.choices import as_kernel, as_missing, chosen_seeds
from symtheory.cli.cluster import cluster
from symtheory.cli.own_data import as_action, as_data, finer_actions
from symtheory.cli.streams import warnings_as_lines

if TYPE_CHECKING:
    from symtheory.diagnosis import Diagnosis

__all__ = ["FOUND", "diagnose"]

# The exit status if a verdict is one that --fail-if names: neither an error (1) nor bad usage (2).
FOUND = 3
# Options on which no number depends.
_ELSEWHERE = ("data", "as_json", "html", "save", "fail_if", "resume", "workers", "scheduler")


@click.command()
@click.argument("data")
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The labels, if DATA is a file .npy of items.",
)
@click.option(
    "--group",
    metavar="NAME:N[,axis=K]",
    help="What makes the poses: rotations:N, dihedral:N, shifts:N or permutations:N (of N! poses). "
    "rotations:8 if not given; orbits bring their own.",
)
@click.option(
    "--network",
    "networks",
    multiple=True,
    default=("mlp",),
    show_default=True,
    metavar="NAME[:SETTING=X,…]",
    help="mlp, cnn, rbf or linear, with settings such as mlp:depth=3 or cnn:pooling='global'; or "
    "module:function, which returns a network of PyTorch, Flax or Equinox, or a kernel. May be "
    "given several times.",
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
    "--seeds", type=click.IntRange(1), default=20, show_default=True, help="Items of each class."
)
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="Which ones are drawn."
)
@click.option(
    "--ridge",
    type=click.FloatRange(0),
    default=1e-10,
    show_default=True,
    help="In units of the trace of the Gram matrix.",
)
@click.option(
    "--normalize/--as-is",
    default=None,
    help="Bring each item to zero mean and unit norm: images are, other items are not.",
)
@click.option(
    "--poses-up-to",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Find out whether more poses would help: twice as many, four times, up to N.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all numbers as JSON.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a page, too.")
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a file .npz that symtheory.diagnosis.Diagnosis.load reads; of one network.",
)
@click.option(
    "--fail-if",
    type=click.Choice(["fails", "undecided"]),
    multiple=True,
    help=f"End with status {FOUND} if that is the verdict on a class: of theory or, where that is "
    "undecided, of exact regression.",
)
@click.option(
    "--resume",
    is_flag=True,
    help="Compute the Gram matrix in parts, and keep them beside the file of --save: the same "
    "command finishes a run that was interrupted.",
)
@options.workers
@options.scheduler
@click.pass_context
def diagnose(
    context: click.Context,
    data: str,
    labels: Path | None,
    group: str | None,
    networks: tuple[str, ...],
    lacking: tuple[str, ...],
    seeds: int,
    seed: int,
    ridge: float,
    normalize: bool | None,
    poses_up_to: int,
    as_json: bool,
    html: Path | None,
    save: Path | None,
    fail_if: tuple[str, ...],
    resume: bool,
    workers: int | None,
    scheduler: str | None,
) -> None:
    """Will a pose be recognized that one class never showed?

    DATA is digits or mnist (or another data set of the package), a folder with a folder of pictures
    for each class (./digits, if it has the name of a data set), or a file .npz: of images and
    labels, of items and labels (vectors, sequences, clouds of points), or of orbits, labels and the
    table of a group. Each image is brought to zero mean and unit norm, and turned or shifted into
    all its poses. Then each class in turn lacks one pose that all others show, and the theory
    tells, without training, what very wide networks say of it.

    \b
    Examples:
      symtheory diagnose digits --group rotations:8
      symtheory diagnose pictures/ --group shifts:7 --network mlp --network mlp:depth=3
      symtheory diagnose own.npz --group dihedral:4 --json > found.json
      symtheory diagnose items.npy --labels labels.npy --group permutations:4 --network rbf
      symtheory diagnose digits --network my_module:build --network mlp
      symtheory diagnose digits --missing 3:0 --missing 7:0,4
      symtheory diagnose mnist --network cnn --seeds 50 --workers 2 --save found.npz --resume
    """  # noqa: D301
    import jax

    jax.config.update("jax_enable_x64", True)
    import symtheory.datasets
    from symtheory.cli.kept_gram import as_points, kept_gram, partial_file
    from symtheory.diagnosis import diagnose as of
    from symtheory.diagnosis.labels import read_labels
    from symtheory.diagnosis.missing import as_table
    from symtheory.diagnosis.problem import exact_outputs

    if save is not None and len(networks) > 1:
        raise click.UsageError(
            f"Expected one network with --save. Got {len(networks)}. Try one file for each."
        )
    _check_files(html, save)
    in_parts = resume or workers is not None or scheduler is not None
    if resume and save is None:
        raise click.UsageError(
            "Expected --save with --resume: parts are kept beside its file. Got none. "
            "Try --save found.npz."
        )
    if in_parts and poses_up_to:
        raise click.UsageError(
            "Expected --poses-up-to without --resume, --workers and --scheduler. Got both. "
            "Try two commands."
        )
    given = as_data(data, labels)
    if given.group is not None and group is not None:
        raise click.UsageError(
            f"Expected no --group for the orbits in {data}, which have a table. Got {group}. "
            "Try without."
        )
    if given.group is not None and poses_up_to:
        raise click.UsageError(
            f"Expected no --poses-up-to for the orbits in {data}, which have all the poses that "
            f"there are. Got {poses_up_to}. Try without."
        )
    chosen = chosen_seeds(given.labels, seeds, seed)
    items, names = given.items[chosen], given.labels[chosen].tolist()
    asked: dict[str, Any] = {"group": given.group}
    if given.group is None:
        shape = given.items.shape[1:]
        group = group or "rotations:8"
        action = as_action(group, shape)
        asked["group"] = action
        asked["finer"] = tuple(finer_actions(group, shape, poses_up_to)) if poses_up_to else ()
    if given.images if normalize is None else normalize:
        depth = given.items.ndim - (2 if given.group else 1)
        asked["prepare"] = partial(symtheory.datasets.normalize, item_ndim=depth)
    asked["missing"] = as_missing(lacking, given.labels) if lacking else None
    kernels = {name: as_kernel(name) for name in networks}
    order = given.group.order if given.group else asked["group"].group.order
    if asked["missing"] is not None:
        as_table(asked["missing"], read_labels(names).classes, order)  # before hours of work
    exact = any(exact_outputs(kernel) for kernel in kernels.values())
    _state_memory(len(chosen), order, len(set(names)) if exact else 1)
    found = {}
    with cluster(scheduler, workers) as (client, _):
        for name, kernel in kernels.items():
            try:
                known: Any = kernel
                if in_parts:
                    kept = partial_file(save) if resume and save is not None else None
                    points = as_points(data, items, asked["group"], asked.get("prepare"))
                    known = kept_gram(points, name, kept=kept, client=client)
                with warnings_as_lines():
                    one = of(items, names, known, ridge=ridge, **asked)
            except click.ClickException:
                raise
            except Exception as error:
                own = type(kernel).__module__.startswith("symtheory.")
                if own or isinstance(error, ValueError):
                    raise
                raise click.ClickException(
                    f"Expected {name} to be a kernel of items. Got {type(error).__name__}: "
                    f"{error}. Try kernel(items) in Python; symtheory --debug shows where."
                ) from error
            made = {"command": _typed(context), "dataset": data, "seed": seed}
            found[name] = replace(one, provenance={**one.provenance, **made})
    _write(data, found, as_json=as_json, html=html, save=save)
    if resume and save is not None:
        partial_file(save).unlink(missing_ok=True)
    _end(found, fail_if)


def _check_files(html: Path | None, save: Path | None) -> None:
    """Refuse, before there is work that could be lost, files that cannot be written."""
    from symtheory.records import require_writable

    if save is not None and save.suffix != ".npz":
        raise click.UsageError(
            f"Expected --save to end in .npz. Got {save}. Try --save {save}.npz."
        )
    for path in (html, save):
        if path is not None:
            require_writable(path)


def _state_memory(seeds: int, order: int, outputs: int) -> None:
    """Say beforehand what a large problem takes."""
    from symtheory.diagnosis.memory import GIB, needed_memory

    needed = needed_memory(seeds, order, outputs=outputs)
    if needed > GIB:
        click.echo(
            f"symtheory: {seeds * order} items take about {needed / GIB:.0f} GiB of memory.",
            err=True,
        )


def _typed(context: click.Context) -> str:
    """The command as it was meant, whatever the defaults are."""
    words = ["symtheory", "diagnose", context.params["data"]]
    flags = {"networks": "network", "lacking": "missing"}
    for name, value in context.params.items():
        # Zero is a seed and a ridge like any other, and False the choice of items as they are.
        if (
            name in _ELSEWHERE
            or value is None
            or value == ()
            or (name, value) == ("poses_up_to", 0)
        ):
            continue
        flag = f"--{flags.get(name, name).replace('_', '-')}"
        if name == "normalize":
            words.append(flag if value else "--as-is")
            continue
        for one in value if isinstance(value, tuple) else (value,):
            words += [flag, str(one)]
    return shlex.join(words)


def _write(
    data: str,
    found: dict[str, Diagnosis],
    *,
    as_json: bool,
    html: Path | None,
    save: Path | None,
) -> None:
    """To the terminal, and to the files that were asked for."""
    from symtheory.diagnosis.page import page
    from symtheory.diagnosis.report import named, side_by_side

    if save is not None:
        next(iter(found.values())).save(save)
    if html is not None:
        html.write_text(page(f"Diagnosis of {data}", found), encoding="utf-8")
    if as_json:
        click.echo(json.dumps({name: one.to_dict() for name, one in found.items()}))
        return
    if len(found) > 1:
        click.echo(f"{side_by_side(found)}\n")
    click.echo(named(found))


def _end(found: dict[str, Diagnosis], fail_if: tuple[str, ...]) -> None:
    """End with a status if a verdict was asked for."""
    words = {str(word) for one in found.values() for word in one.conclusion.ravel()}
    if words & set(fail_if):
        click.get_current_context().exit(FOUND)
