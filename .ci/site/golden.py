"""Answer for the explorer's numbers: states on standard input, expected numbers on standard output.

For two interleaved circles of N points each, the kernel matrix is circulant of size 2N; its
eigenvalues are summed here in 50 digits, straight from the definition.
"""

import json
import sys

import mpmath


def expected(state: dict[str, float]) -> dict[str, float]:
    """Last eigenvalue, mean inverse eigenvalue and spectral error of one state."""
    size = 2 * int(state["n"])
    separation, length = mpmath.mpf(state["separation"]), mpmath.mpf(state["inverseLength"])
    cosine = [mpmath.cos(2 * mpmath.pi * j / size) for j in range(size)]
    squared = [2 - 2 * cosine[j] + (separation**2 if j % 2 else 0) for j in range(size)]
    row = [mpmath.exp(-(length**2) * distance) for distance in squared]
    eigenvalues = [
        mpmath.mpf(state["ridge"]) + mpmath.fsum(row[j] * cosine[j * k % size] for j in range(size))
        for k in range(size)
    ]
    last = eigenvalues[size // 2]
    mean_inverse = mpmath.fsum(1 / value for value in eigenvalues) / size
    error = 1 / last / mean_inverse
    numbers = {"lastEigenvalue": last, "meanInverse": mean_inverse, "error": error}
    return {name: float(number) for name, number in numbers.items()}


if __name__ == "__main__":
    mpmath.mp.dps = 50
    json.dump([expected(state) for state in json.load(sys.stdin)], sys.stdout)
