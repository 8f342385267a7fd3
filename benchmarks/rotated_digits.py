"""How much faster is `symtheory reproduce rotated-digits` than the straightforward way?

Runs both as whole processes, one after the other, imports and compilation included, checks that
they find the same exact errors, and prints the ratio of their wall times:

    SYMTHEORY_DATA=folder python benchmarks/rotated_digits.py [--compiled] [--every-image]

`symtheory` holds out every image in turn. The straightforward way is let off with the two unrotated
images of each pair, those of the paper, unless --every-image asks for the same work of both. It
calls the kernel of neural-tangents as the library returns it; --compiled puts `jax.jit` around it.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from measuring import Comparison, Comparisons, in_turn, named

from symtheory import records

# Two ways to solve systems whose condition number is about 1e10, in floats of 16 digits.
TOLERANCE = 1e-5


def timed(command: list[str]) -> float:
    """Wall seconds that a process takes; its output is dropped, its errors are not."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def compare() -> Comparisons:
    """A few pairs of the embedded digits, from the start of the process to its end."""
    if importlib.util.find_spec("neural_tangents") is None:
        raise ImportError("No module named 'neural_tangents'")
    options = ["--dataset", "digits", "--pairs", "4", "--orders", "2,4,8"]
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder, "ours.npz"), Path(folder, "straightforward.npz")
        reproduce = ["-m", "symtheory.cli", "reproduce", "rotated-digits", *options]
        script = str(Path(__file__).with_name("straightforward.py"))
        wall, cpu = in_turn(
            lambda: timed([sys.executable, *reproduce, "--out", str(ours)]),
            lambda: timed([sys.executable, script, *options, "--compiled", "--out", str(theirs)]),
        )
        with np.load(theirs) as expected:
            exact = records.load(ours).data["exact_error"]
            gap = float(np.abs(exact / expected["exact_error"] - 1).max())
    if gap > TOLERANCE:
        raise ValueError(f"Expected the same errors to {TOLERANCE}. Got {gap:.1e}.")
    what = "exact errors of 4 pairs of rotated digits, as a whole process"
    other = f"rotation, {named('neural-tangents')} and least squares, one by one"
    yield Comparison(what, "symtheory reproduce", other, wall, cpu, gap)


def main() -> None:
    """Measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dataset", default="mnist")
    parser.add_argument("--pairs", default="512")
    parser.add_argument("--orders", default="2,4,8,16,32,64")
    parser.add_argument("--at-least", type=float, default=5.0, help="fail below this ratio")
    parser.add_argument("--every-image", action="store_true", help="hold out all images in both")
    parser.add_argument("--compiled", action="store_true", help="compile the kernel they use")
    arguments = parser.parse_args()
    options = ["--dataset", arguments.dataset, "--pairs", arguments.pairs]
    options += ["--orders", arguments.orders]
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder, "ours.npz"), Path(folder, "straightforward.npz")
        command = ["-m", "symtheory.cli", "reproduce", "rotated-digits", *options]
        fast = timed([sys.executable, *command, "--out", str(ours)])
        script = str(Path(__file__).with_name("straightforward.py"))
        more = ["--every-image"] * arguments.every_image + ["--compiled"] * arguments.compiled
        slow = timed([sys.executable, script, *options, *more, "--out", str(theirs)])
        measured = records.load(ours).data
        with np.load(theirs) as expected:
            same_pairs = np.array_equal(expected["pairs"], measured["pairs"])
            compared = ["exact_error"] + ["orbit_mean_error"] * arguments.every_image
            gap = max(np.abs(measured[key] / expected[key] - 1).max() for key in compared)
    print(f"symtheory          {fast:6.1f} s")
    print(f"straightforward    {slow:6.1f} s")
    print(f"ratio              {slow / fast:6.1f}")
    print(f"largest relative difference of the exact errors {gap:.1e}")
    if not same_pairs or gap > TOLERANCE:
        sys.exit(f"Expected the same exact errors to {TOLERANCE}. Got a difference of {gap:.1e}.")
    if slow / fast < arguments.at_least:
        sys.exit(f"Expected a ratio of at least {arguments.at_least}. Got {slow / fast:.1f}.")


if __name__ == "__main__":
    main()
