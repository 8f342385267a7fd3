"""The accuracies over classes, a line for each order."""

from __future__ import annotations

from symtheory.experiments.shared.statistics import t_interval
from symtheory.experiments.shared.tables import lines, percent, with_half
from symtheory.experiments.trained_classes.run import accuracies
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The accuracies over classes, a line for each order."""
    data, asked = record.data, record.parameters
    columns = {
        "epochs": [str(epochs) for epochs in data["epochs"]],
        "missing pose": with_half(*t_interval(accuracies(data)["trained"].mean(axis=1))),
        "seen": percent(data["seen"].mean(axis=(1, 2))),
        "seen, same class": percent(data["own_seen"].mean(axis=(1, 2))),
    }
    title = (
        f"{data['trained_class'].shape[-2]} classes of {asked['dataset']}, {asked['seeds']} seeds "
        f"of each, draws: {asked['draws']}. Recognized, ± 95 % over classes:"
    )
    return lines(title, record, columns)
