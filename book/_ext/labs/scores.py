"""Labs as a table of claims and verdicts."""

from __future__ import annotations

from docutils import nodes
from tables import make_table

from labs.read import Lab, copies, link_to

HEADS = ("paper", "its claim, as tested", "here", "where", "how closely")


def score_table(labs: list[Lab], docname: str) -> nodes.table:
    """A table with a row for each lab.

    Args:
        labs: In their order.
        docname: The page on which it stands.
    """
    return make_table(HEADS, (cells(lab, docname) for lab in labs), "lab-scores")


def cells(lab: Lab, docname: str) -> list[list[nodes.Node]]:
    """What stands in the row of a lab."""
    number = lab.chapter.number
    return [
        copies([lab.paper], docname),
        copies(lab.says["claim"], docname),
        [nodes.strong("", "", *copies(lab.says["verdict"], docname))],
        [link_to(lab.chapter, f"Ch. {number}" if number else lab.chapter.short, docname)],
        copies(lab.says["evidence"], docname),
    ]
