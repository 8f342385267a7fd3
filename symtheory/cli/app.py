"""The program: its commands, and how it ends."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from symtheory.cli.data import data
from symtheory.cli.reproduce import reproduce
from symtheory.cli.running import Interruption


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
      symtheory reproduce rotated-digits --dataset mnist --scale paper

    \b
    Read a result:
      python -c "from symtheory import records; print(records.load('FILE').provenance)"
    """  # noqa: D301
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


cli.add_command(reproduce)
cli.add_command(data)
