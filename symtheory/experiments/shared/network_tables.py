"""What the terminal shows of networks side by side: medians over pairs."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from symtheory._tables import aligned
from symtheory.experiments.shared.convolutions import READOUTS
from symtheory.experiments.shared.summaries import summary
from symtheory.experiments.shared.tables import gaps, percent
from symtheory.records import Record

__all__ = ["convolutional", "of_networks"]


def of_networks(title: str, record: Record, head: str, networks: Sequence[str]) -> str:
    """A line for each network and order."""
    median = {key: value.ravel() for key, value in summary(record.data).items()}
    orders = record.parameters["orders"]
    columns = {
        head: [network for network in networks for _ in orders],
        "N": [str(order) for order in orders] * len(networks),
        "exact error": [f"{value:.2g}" for value in median["exact_error"]],
        "theory off by": gaps(median["general_gap"]),
        "circulant": [f"{value:.2g}" for value in median["circulant_error"]],
        "off by": gaps(median["circulant_gap"]),
        "right": percent(median["fraction_correct"]),
    }
    known = {
        name: ["-" if cell.startswith("nan") else cell for cell in cells]
        for name, cells in columns.items()
    }
    return aligned(title, known)


def convolutional(record: Record, pairs: str) -> str:
    """A line for each network, preparation and order."""
    asked = record.parameters
    networks = [
        f"{readout} {side}×{side}, {images}"
        for readout, side, images in itertools.product(
            READOUTS, asked["filters"], asked["preparations"]
        )
    ]
    title = f"Pairs of {asked['dataset']}: {pairs}. Medians:"
    return of_networks(title, record, "network, images", networks)
