"""The program: its commands, and how it ends."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from typing import Any

import click

from symtheory.cli.data import data
from symtheory.cli.diagnose import diagnose
from symtheory.cli.options import debug
from symtheory.cli.reproduce import reproduce
from symtheory.cli.running import Interruption

__all__ = ["cli", "run"]


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line. Returns its exit code: see `symtheory.cli.main`."""
    asked: dict[str, Any] = {}
    try:
        code = cli.main(args=arguments, prog_name="symtheory", standalone_mode=False, obj=asked)
        return int(code or 0)
    except (click.Abort, KeyboardInterrupt):
        return _fail("Interrupted.", Interruption.exit_code)
    except Exception as error:
        if asked.get("debug"):
            traceback.print_exc()
        if isinstance(error, click.ClickException):
            if type(error).__name__ == "NoArgsIsHelpError":  # of click >= 8.2: the help, as it is
                error.show()
                return error.exit_code
            return _fail(error.format_message(), error.exit_code)
        if not _is_expected(error):
            raise
        return _fail(str(error) or type(error).__name__, 1)


def _is_expected(error: Exception) -> bool:
    """Whether an error is a message to whoever typed the command, and no fault of the program."""
    if isinstance(error, ValueError | OSError | MemoryError):
        return True
    from symtheory.datasets.base import DatasetError
    from symtheory.records import RecordError

    return isinstance(error, DatasetError | RecordError)


def _fail(message: str, code: int) -> int:
    """Print an error as one line."""
    click.echo(f"symtheory: {' '.join(message.split())}", err=True)
    return code


@click.group(invoke_without_command=True)
@click.version_option(package_name="symtheory", message="%(prog)s %(version)s")
@debug
@click.pass_context
def cli(context: click.Context) -> None:
    """Will deep networks learn this symmetry from data?

    Diagnoses images of your own, and reproduces the experiments behind the book "Can deep networks
    learn symmetries from data?": each result, with its provenance, goes to a file that the chapters
    and `symtheory.records` read.

    \b
    Will a pose be recognized that one class never showed? On digits, or on your images:
      symtheory diagnose digits --group rotations:8
      symtheory diagnose pictures/ --group rotations:8

    \b
    The book's first experiment, on digits that come with the package (a few seconds):
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


cli.add_command(diagnose)
cli.add_command(reproduce)
cli.add_command(data)
