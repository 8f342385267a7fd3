"""The command line: `symtheory reproduce …` and `symtheory data …`.

What only one command needs is imported inside it, so that help and errors do not wait for it.
"""

from symtheory.cli.app import cli, main

__all__ = ["cli", "main"]
