"""How long does `import symtheory` take, in a fresh process?

Takes the fastest of several, which other work on the machine disturbs least:

    python benchmarks/imports.py
"""

from __future__ import annotations

import subprocess
import sys
import time

from measuring import Comparison, Comparisons, in_turn, named

LIMIT_SECONDS = 1.5
REPEATS = 5


def compare() -> Comparisons:
    """The package, and JAX, which it leaves until it is needed."""

    def fresh(module: str) -> None:
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)

    wall, cpu = in_turn(lambda: fresh("symtheory"), lambda: fresh("jax"))
    yield Comparison("import, in a fresh process", "import symtheory", named("jax"), wall, cpu)


def main() -> None:
    """Measure and compare with the limit."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import symtheory"], check=True)
        seconds.append(time.perf_counter() - start)
    print(f"import symtheory   {min(seconds):.2f} s (of {REPEATS}: to {max(seconds):.2f} s)")
    if min(seconds) > LIMIT_SECONDS:
        sys.exit(f"Expected at most {LIMIT_SECONDS} s. Got {min(seconds):.2f} s.")


if __name__ == "__main__":
    main()
