"""What is recognized of a missing pose, a line for each number of rotations."""

from __future__ import annotations

from symtheory.experiments.self_supervision.run import ARMS, GROWING, summary
from symtheory.experiments.shared.tables import lines, with_half
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """What is recognized of a missing pose, a line for each number of rotations."""
    found = summary(record.data, record.parameters["seeds"])
    dimension = int(record.data["dimensions"].argmax())
    most = int(record.data["further"].argmax())
    title = (
        f"Nine digits of {record.parameters['dataset']}, {record.parameters['seeds']} labeled "
        f"seeds of each, draws: {record.parameters['draws']}. Recognized at the missing pose by a "
        f"linear probe on at most {record.data['dimensions'][dimension]} coordinates, ± 95 %:"
    )
    least = int(record.data["further"].argmin())
    further = record.data["further"][least]
    head = f"supervised + {further}" if further else "supervised"
    places: dict[str, tuple[str, tuple[int, ...]]] = {head: ("supervised", (least,))}
    places |= {arm: ("linear", (a, dimension)) for a, arm in enumerate(ARMS)}
    places |= {
        f"{arm} + {record.data['further'][most]}": ("further_linear", (a, most))
        for a, arm in enumerate(GROWING)
    }
    columns = {}
    for head, (name, at) in places.items():
        means, halves = ([row[at] for row in found[key]] for key in (name, f"{name}_half"))
        columns[head] = with_half(means, halves, 0)
    return lines(title, record, columns)
