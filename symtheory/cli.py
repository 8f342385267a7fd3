"""The command line: `symtheory reproduce …` and `symtheory data …`.

What only one command needs is imported inside it, so that help and errors do not wait for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from symtheory.records import Record


class Interruption(click.ClickException):
    """Ctrl-C, and what to do next."""

    exit_code = 130  # what shells give to a program that Ctrl-C ended


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    from symtheory.datasets.base import DatasetError
    from symtheory.records import RecordError

    try:
        code = cli.main(args=arguments, prog_name="symtheory", standalone_mode=False)
    except click.ClickException as error:
        code = _fail(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        code = _fail("Interrupted.", Interruption.exit_code)
    except (DatasetError, RecordError, ValueError, OSError) as error:
        code = _fail(str(error), 1)
    sys.exit(code or 0)


def _fail(message: str, code: int) -> int:
    """Print an error as one line."""
    click.echo(f"symtheory: {' '.join(message.split())}", err=True)
    return code


class Orders(click.ParamType):
    """Numbers of rotations, separated by commas."""

    name = "N,N,…"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Parse and check."""
        if isinstance(value, tuple):
            return value
        try:
            orders = tuple(int(part) for part in value.split(","))
        except ValueError:
            orders = ()
        if not orders or min(orders) < 1 or len(set(orders)) < len(orders):
            self.fail(
                f"Expected different whole numbers from 1, separated by commas. Got {value!r}. "
                "Try 2,4,8.",
                param,
                ctx,
            )
        return orders


@click.group(invoke_without_command=True)
@click.version_option(package_name="symtheory", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Will deep networks learn this symmetry from data?

    Reproduces the experiments behind the book "Can deep networks learn symmetries from data?" and
    writes each result, with its provenance, to a file that the chapters and `symtheory.records`
    read.

    \b
    Try first, on digits that come with the package (a few seconds):
      symtheory reproduce rotated-digits --pairs 32 --orders 2,4,8

    \b
    The paper's experiment, on MNIST:
      symtheory data fetch mnist --split test
      symtheory reproduce rotated-digits --dataset mnist

    \b
    Read a result:
      python -c "from symtheory import records; print(records.load('FILE').provenance)"
    """  # noqa: D301
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@cli.group()
def reproduce() -> None:
    """Run an experiment and keep its result in a file."""


@reproduce.command("rotated-digits")
@click.option(
    "--dataset",
    type=click.Choice(["digits", "mnist", "mnist-train"]),
    default="digits",
    show_default=True,
    help="digits come with the package; mnist is MNIST's test split, fetched if it is not here.",
)
@click.option(
    "--pairs",
    type=click.IntRange(min=1),
    default=512,
    show_default=True,
    help="Pairs of images of different classes.",
)
@click.option(
    "--orders",
    type=Orders(),
    default="2,4,8,16,32,64",
    show_default=True,
    help="Numbers N of rotations, by multiples of 360°/N.",
)
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Hidden layers of the infinitely wide network.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=124, show_default=True, help="Draws the pairs."
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to write the result, a .npz.  [default: results/rotated-digits-DATASET.npz]",
)
@click.option("--resume", is_flag=True, help="Finish a run that was interrupted.")
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
    import jax
    from tqdm import tqdm

    jax.config.update("jax_enable_x64", True)
    from symtheory import datasets, records
    from symtheory.experiments import rotated_digits as experiment

    out = out or Path("results") / f"rotated-digits-{dataset}.npz"
    if out.suffix != ".npz":
        raise click.UsageError(f"Expected --out to end in .npz. Got {out}. Try --out {out}.npz.")
    partial = out.with_name(f"{out.stem}.partial.npz")
    data = datasets.load(dataset)
    parameters = experiment.describe(data, n_pairs=pairs, orders=orders, depth=depth, seed=seed)
    _refuse_to_replace(out, parameters)
    try:
        # Shown on a terminal only: a log needs no bar.
        with tqdm(desc="rotated digits", unit="part", disable=None) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            arrays, seconds = experiment.run(
                data,
                n_pairs=pairs,
                orders=orders,
                depth=depth,
                seed=seed,
                checkpoint=partial,
                resume=resume,
                progress=progress,
            )
    except KeyboardInterrupt:
        kept = (
            f"What is done is kept in {partial}: add --resume to finish."
            if partial.exists()
            else "Nothing was done yet."
        )
        raise Interruption(f"Interrupted. {kept}") from None
    command = (
        f"symtheory reproduce rotated-digits --dataset {dataset} --pairs {pairs} "
        f"--orders {','.join(map(str, orders))} --depth {depth} --seed {seed}"
    )
    provenance = records.collect_provenance(
        command, seed=seed, dataset=data.name, dataset_hash=data.sha256, seconds=seconds
    )
    record = records.Record(experiment.NAME, parameters, arrays, provenance)
    records.save(record, out)
    partial.unlink(missing_ok=True)
    click.echo(_table(record))
    click.echo(f"Written to {out} ({seconds:.1f} s).")


def _refuse_to_replace(path: Path, parameters: dict[str, Any]) -> None:
    """Do not replace the result of another run, which may have taken hours."""
    from symtheory import records

    if not path.exists():
        return
    found = records.load(path).parameters
    different = [key for key, value in parameters.items() if found.get(key) != value]
    if different:
        key = different[0]
        raise click.ClickException(
            f"Expected {path} to hold nothing, or the result of this same run. Got one with {key} "
            f"{found.get(key)}, not {parameters[key]}. Try another --out, or delete that file."
        )


def _table(record: Record) -> str:
    """The medians over pairs, a line for each order."""
    from symtheory.experiments import rotated_digits as experiment

    median = experiment.medians(record.data)
    columns = {
        "N": [f"{order}" for order in record.data["orders"]],
        "exact error": [f"{value:.4f}" for value in median["exact_error"]],
        "orbit mean": [f"{value:.4f}" for value in median["orbit_mean_error"]],
        "theory": [f"{value:.4f}" for value in median["spectral_error"]],
        "off by": [f"{value:.0e}" for value in median["general_gap"]],
        "circulant": [f"{value:.4f}" for value in median["circulant_error"]],
        "off by ": [f"{value:.0e}" for value in median["circulant_gap"]],
        "right": [f"{value:.0%}" for value in median["fraction_correct"]],
    }
    width = {name: max(len(name), *map(len, cells)) for name, cells in columns.items()}
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    lines = [
        "  ".join(c.rjust(w) for c, w in zip(row, width.values(), strict=True)) for row in rows
    ]
    title = (
        f"{record.parameters['pairs']} pairs of {record.parameters['dataset']}, "
        f"hidden layers: {record.parameters['depth']}. Medians over pairs:"
    )
    return "\n".join([title, *lines])


@cli.group()
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


if __name__ == "__main__":
    main()
