"""How many missing images are recognized, a line for each order."""

from __future__ import annotations

from symtheory.experiments.shared.statistics import t_interval
from symtheory.experiments.shared.tables import lines, with_half
from symtheory.records import Record

__all__ = ["table"]


def table(record: Record) -> str:
    """How many missing images are recognized, a line for each order."""
    data, parameters = record.data, record.parameters
    title = (
        f"Nine digits of {parameters['dataset']}, {parameters['seeds']} seeds of each, "
        f"draws: {parameters['draws']}. Recognized where the class was never seen, ± 95 % over "
        "draws: by the kernel as it is and averaged as learned; of digits that were not seen in "
        "any pose likewise, and with nothing missing:"
    )
    shares = {
        "missing": data["right"] / data["images"],
        "fresh": data["fresh"] / data["fresh_images"],
    }
    heads = ("as it is", "averaged", "nothing missing")
    columns = {}
    for name, share in shares.items():
        of_draws = share.mean(axis=2)  # draws, orders, ways
        for k in range(of_draws.shape[-1]):
            columns[f"{name}, {heads[k]}"] = with_half(*t_interval(of_draws[..., k].T))
    return lines(title, record, columns)
