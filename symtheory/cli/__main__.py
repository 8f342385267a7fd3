"""`python -m symtheory.cli`."""

from symtheory.cli import main

main()
