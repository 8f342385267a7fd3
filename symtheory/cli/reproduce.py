"""`symtheory reproduce …`: one command for each experiment."""

from __future__ import annotations

from pathlib import Path

import click

from symtheory.cli import options, tables
from symtheory.cli.running import run_and_keep

FLAGS = {
    "n_pairs": "--pairs",
    "n_draws": "--draws",
    "n_seeds": "--seeds",
    "orders": "--orders",
    "depth": "--depth",
    "seed": "--seed",
}


@click.group()
def reproduce() -> None:
    """Run an experiment and keep its result in a file."""


@reproduce.command("rotated-digits")
@options.dataset
@options.count("--pairs", 512, "Pairs of images of different classes.")
@options.orders
@options.depth
@options.seed("Draws the pairs.")
@options.out("rotated-digits")
@options.resume
def rotated_digits(
    dataset: str,
    pairs: int,
    orders: tuple[int, ...],
    depth: int,
    seed: int,
    out: Path | None,
    resume: bool,
) -> None:
    """The theory against kernel regression on rotated digits (the paper's figure 4).

    Takes pairs of digits of different classes, each with its N rotations but one missing, and
    compares the error of an infinitely wide network at the missing image with what the spectrum of
    its kernel predicts. Prints the medians over pairs; the file keeps every number.

    A run may be interrupted at any moment: what is done stays in FILE.partial.npz, and the same
    command with --resume finishes it, with the same numbers to the last bit.

    \b
    Examples:
      symtheory reproduce rotated-digits --pairs 32
      symtheory reproduce rotated-digits --dataset mnist --depth 5 --out depth-5.npz
      symtheory reproduce rotated-digits --dataset mnist --depth 5 --out depth-5.npz --resume
    """  # noqa: D301
    from symtheory.experiments import rotated_digits as experiment

    run_and_keep(
        experiment,
        dataset,
        {"n_pairs": pairs, "orders": orders, "depth": depth, "seed": seed},
        flags=FLAGS,
        table=tables.rotated_digits,
        out=out,
        resume=resume,
    )


@reproduce.command("many-seeds")
@options.dataset
@options.count("--draws", 50, "Draws of two classes and of their seeds.")
@options.count("--seeds", 13, "Seeds of each class.")
@options.orders
@options.depth
@options.seed("Draws classes and seeds.")
@options.out("many-seeds")
@options.resume
def many_seeds(
    dataset: str,
    draws: int,
    seeds: int,
    orders: tuple[int, ...],
    depth: int,
    seed: int,
    out: Path | None,
    resume: bool,
) -> None:
    """Many seeds of each class, and a pose that one class lacks (the paper's figure 6).

    Takes two classes with several seeds each, in all rotations, and holds out the unrotated image
    of every seed of one class. Compares the error of an infinitely wide network there with the
    general theorem, and with the paper's average over pairs of seeds.

    A run may be interrupted at any moment: what is done stays in FILE.partial.npz, and the same
    command with --resume finishes it, with the same numbers to the last bit.

    \b
    Examples:
      symtheory reproduce many-seeds --draws 4 --seeds 4 --orders 2,4,8
      symtheory reproduce many-seeds --dataset mnist
    """  # noqa: D301
    from symtheory.experiments import many_seeds as experiment

    run_and_keep(
        experiment,
        dataset,
        {"n_draws": draws, "n_seeds": seeds, "orders": orders, "depth": depth, "seed": seed},
        flags=FLAGS,
        table=tables.many_seeds,
        out=out,
        resume=resume,
    )


@reproduce.command("many-classes")
@options.dataset
@options.count("--draws", 5, "Draws of the seeds of all classes.")
@options.count("--seeds", 13, "Seeds of each class.")
@options.orders
@options.depth
@options.seed("Draws the seeds.")
@options.out("many-classes")
@options.resume
def many_classes(
    dataset: str,
    draws: int,
    seeds: int,
    orders: tuple[int, ...],
    depth: int,
    seed: int,
    out: Path | None,
    resume: bool,
) -> None:
    """All classes, one against the rest, and a pose that one class lacks (the paper's figure 7).

    Takes several seeds of each class in all rotations, and holds out the unrotated images of one
    class, each class in turn. Counts how many of them an infinitely wide network recognizes, and
    how many the general theorem and the paper's average over pairs of seeds say.

    A run may be interrupted at any moment: what is done stays in FILE.partial.npz, and the same
    command with --resume finishes it, with the same numbers to the last bit. The defaults take
    about 2.1 GB of memory, most of it at 64 rotations.

    \b
    Examples:
      symtheory reproduce many-classes --draws 1 --seeds 4 --orders 2,4,8
      symtheory reproduce many-classes --dataset mnist
    """  # noqa: D301
    from symtheory.experiments import many_classes as experiment

    run_and_keep(
        experiment,
        dataset,
        {"n_draws": draws, "n_seeds": seeds, "orders": orders, "depth": depth, "seed": seed},
        flags=FLAGS,
        table=tables.many_classes,
        out=out,
        resume=resume,
    )
