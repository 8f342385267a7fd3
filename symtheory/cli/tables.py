"""What the command line prints of a result."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from symtheory.records import Record


def of(record: Record) -> str:
    """The table of a record, made by the function that is named like its experiment."""
    table: Callable[[Record], str] = globals()[record.name.replace("-", "_")]
    return table(record)


def rotated_digits(record: Record) -> str:
    """The medians over pairs, a line for each order."""
    from symtheory.experiments import rotated_digits as experiment

    median = experiment.medians(record.data)
    title = (
        f"{record.parameters['pairs']} pairs of {record.parameters['dataset']}, "
        f"hidden layers: {record.parameters['depth']}. Medians over pairs:"
    )
    return _lines(
        title,
        record,
        {
            "exact error": _numbers(median["exact_error"]),
            "orbit mean": _numbers(median["orbit_mean_error"]),
            "theory": _numbers(median["spectral_error"]),
            "off by": _gaps(median["general_gap"]),
            "circulant": _numbers(median["circulant_error"]),
            "off by ": _gaps(median["circulant_gap"]),
            "right": _percent(median["fraction_correct"]),
        },
    )


def many_seeds(record: Record) -> str:
    """The medians over draws, a line for each order."""
    from symtheory.experiments import many_seeds as experiment

    median = experiment.summary(record.data)
    title = (
        f"{record.parameters['draws']} draws of two classes of {record.parameters['dataset']}, "
        f"{record.parameters['seeds']} seeds of each, hidden layers: "
        f"{record.parameters['depth']}. Medians over draws:"
    )
    return _lines(
        title,
        record,
        {
            "exact error": _numbers(median["exact_error"]),
            "theory": _numbers(median["general_error"]),
            "off by": _gaps(median["general_gap"]),
            "pairs": _numbers(median["pair_error"]),
            "off by ": _gaps(median["pair_gap"]),
            "right": _percent(median["correct"]),
            "nearest neighbor": _percent(median["nearest_correct"]),
        },
    )


def many_classes(record: Record) -> str:
    """The accuracies over classes, a line for each order."""
    from symtheory.experiments import many_classes as experiment

    accuracy = experiment.accuracies(record.data)
    title = (
        f"{record.data['exact_class'].shape[-2]} classes of {record.parameters['dataset']}, "
        f"{record.parameters['seeds']} seeds of each, draws: {record.parameters['draws']}, "
        f"hidden layers: {record.parameters['depth']}. Recognized, ± 95 % over classes:"
    )
    names = {"exact": "exact", "theory": "general", "pairs": "pair", "nearest neighbor": "nearest"}
    columns = {}
    for head, name in names.items():
        mean, half = experiment.interval(accuracy[name])
        columns[head] = [f"{m:.1%} ± {h:.1%}" for m, h in zip(mean, half, strict=True)]
    return _lines(title, record, columns)


def convolution(record: Record) -> str:
    """The medians over pairs, a line for each network, preparation and order."""
    pairs = f"{record.parameters['pairs']}, with pooling {record.parameters['pooled_pairs']}"
    return _convolutional(record, pairs)


def shifts(record: Record) -> str:
    """The medians over pairs, a line for each network, preparation and order."""
    return _convolutional(record, str(record.parameters["pairs"]))


def _convolutional(record: Record, pairs: str) -> str:
    from symtheory.experiments import convolution as experiment

    asked = record.parameters
    networks = [
        f"{readout} {side}×{side}, {images}"
        for readout, side, images in itertools.product(
            experiment.READOUTS, asked["filters"], asked["preparations"]
        )
    ]
    title = f"Pairs of {asked['dataset']}: {pairs}. Medians:"
    return _of_networks(title, record, "network, images", networks)


def depth(record: Record) -> str:
    """The medians over pairs, a line for each depth and order."""
    asked = record.parameters
    title = f"{asked['pairs']} pairs of {asked['dataset']}. Medians:"
    return _of_networks(title, record, "hidden layers", [str(depth) for depth in asked["depths"]])


def _of_networks(title: str, record: Record, head: str, networks: Sequence[str]) -> str:
    """A line for each network and order."""
    from symtheory.experiments import convolution as experiment

    median = {key: value.ravel() for key, value in experiment.summary(record.data).items()}
    orders = record.parameters["orders"]
    columns = {
        head: [network for network in networks for _ in orders],
        "N": [str(order) for order in orders] * len(networks),
        "exact error": [f"{value:.2g}" for value in median["exact_error"]],
        "theory off by": _gaps(median["general_gap"]),
        "circulant": [f"{value:.2g}" for value in median["circulant_error"]],
        "off by": _gaps(median["circulant_gap"]),
        "right": _percent(median["fraction_correct"]),
    }
    return _aligned(title, columns)


def trained_mlp(record: Record) -> str:
    """Who is right, and what correlates with the trained networks, a line for each order."""
    from symtheory.experiments import trained_mlp as experiment

    found = experiment.summary(record.data)
    columns = {f"{who} right": _percent(found[f"{who}_correct"]) for who in ("trained", "exact")}
    columns |= {
        f"correlation, {name}": _numbers(found[f"{key}_correlation"])
        for name, key in (
            ("kernel", "exact"),
            ("theory", "spectral"),
            ("own kernel", "own"),
            ("final kernel", "final"),
        )
    }
    asked = record.parameters
    title = f"{asked['pairs']} pairs of {asked['dataset']}, width {asked['width']}:"
    return _lines(title, record, columns)


def width_sweep(record: Record) -> str:
    """How far from the infinitely wide network, a line for each order, norm and width."""
    from symtheory.experiments import width_sweep as experiment

    found = experiment.summary(record.data)
    asked = record.parameters
    settings = list(itertools.product(asked["orders"], asked["norms"], asked["widths"]))
    columns = {
        name: [str(row[k]) for row in settings] for k, name in enumerate(("N", "norm", "width"))
    }
    columns |= {
        "distance": _numbers(found["distance"].ravel()),
        "correlation": _numbers(found["correlation"].ravel()),
        "correlation, regression": _numbers(found["exact_correlation"].ravel()),
    }
    title = f"{asked['pairs']} pairs of {asked['dataset']}, {asked['networks']} networks each:"
    return _aligned(title, columns)


def unseen_pose(record: Record) -> str:
    """The accuracies at the end, means over the missing digits, for each network and order."""
    asked = record.parameters
    title = f"{asked['images']} images of each class of {asked['dataset']}. Recognized:"
    return _accuracies(title, record, "network", asked["networks"])


def longer_training(record: Record) -> str:
    """The accuracies at the end, means over the missing digits, for each way and order."""
    asked = record.parameters
    title = f"{asked['epochs']} epochs on {asked['dataset']}. Recognized:"
    return _accuracies(title, record, "training", asked["variants"])


def _accuracies(title: str, record: Record, head: str, names: Sequence[str]) -> str:
    import numpy as np

    settings = list(itertools.product(names, record.parameters["orders"]))
    columns = {name: [str(row[k]) for row in settings] for k, name in enumerate((head, "N"))}
    for heading, key in (
        ("train", "train"),
        ("held back", "held_back"),
        ("missing pose", "unseen_pose"),
        ("missing pose, held back", "unseen_pose_held_back"),
    ):
        columns[heading] = _percent(np.nanmean(record.data[key][..., -1], axis=-1).ravel())
    return _aligned(title, columns)


def _lines(title: str, record: Record, columns: Mapping[str, Sequence[str]]) -> str:
    """A title, the names of the columns, and a line for each order."""
    return _aligned(title, {"N": [str(order) for order in record.parameters["orders"]], **columns})


def _aligned(title: str, every: Mapping[str, Sequence[str]]) -> str:
    """A title, the names of the columns, and their lines."""
    width = {name: max(len(name), *map(len, cells)) for name, cells in every.items()}
    rows = [list(every), *zip(*every.values(), strict=True)]
    lines = [
        "  ".join(c.rjust(w) for c, w in zip(row, width.values(), strict=True)) for row in rows
    ]
    return "\n".join([title, *lines])


def _numbers(values: np.ndarray) -> list[str]:
    return [f"{value:.4f}" for value in values]


def _gaps(values: np.ndarray) -> list[str]:
    return [f"{value:.0e}" for value in values]


def _percent(values: np.ndarray) -> list[str]:
    return [f"{value:.0%}" for value in values]
