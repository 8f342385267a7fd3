"""The accuracies over classes, a line for each order."""

from __future__ import annotations

from symtheory.experiments.many_classes.run import accuracies
from symtheory.experiments.shared.statistics import t_interval
from symtheory.experiments.shared.tables import lines, with_half
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """The accuracies over classes, a line for each order."""
    accuracy = accuracies(record.data)
    title = (
        f"{record.data['exact_class'].shape[-2]} classes of {record.parameters['dataset']}, "
        f"{record.parameters['seeds']} seeds of each, draws: {record.parameters['draws']}, "
        f"hidden layers: {record.parameters['depth']}. Recognized, ± 95 % over classes:"
    )
    names = {"exact": "exact", "theory": "general", "pairs": "pair", "nearest neighbor": "nearest"}
    columns = {}
    for head, name in names.items():
        columns[head] = with_half(*t_interval(accuracy[name]))
    return lines(title, record, columns)
