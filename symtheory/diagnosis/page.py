"""A diagnosis as a table in HTML, and as a page that needs no other file."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import numpy as np

from symtheory.diagnosis.calibration import published_calibration
from symtheory.diagnosis.findings import Findings
from symtheory.diagnosis.remarks import SCOPE, doubts, helps, remarks, summary, suspects
from symtheory.diagnosis.report import columns, text, title
from symtheory.diagnosis.verdicts import words_of

__all__ = ["page", "table"]

STYLE = Path(__file__).with_name("page.css")
_ENDS = 6, 154  # of the axis, in units of the drawing
_LEGEND = (
    "Each bar shows the share of seeds that are right: a dot for the theory, with its 95 % "
    "interval, a mark for exact regression, and a line at one half."
)


def table(found: Findings) -> str:
    """A row for each class, and what goes for all, for notebooks."""
    shown = columns(found)
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in shown)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
        for row in zip(*shown.values(), strict=True)
    )
    lines = "".join(f"<p>{escape(line)}</p>" for line in remarks(found))
    return (
        f"<table><caption>{escape(title(found))}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>{lines}"
    )


def page(heading: str, several: Mapping[str, Findings]) -> str:
    """One file with a section for each network, and a table of all where there are several.

    Args:
        heading: What was diagnosed.
        several: Diagnoses of the same items, by the names of their networks.
    """
    head = escape(heading)
    first = next(iter(several.values()))
    sections = "".join(_section(name, one) for name, one in several.items())
    beside = _beside(several) if len(several) > 1 else ""
    return (
        f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>{head}</title>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<style>{STYLE.read_text('utf-8')}</style></head><body><main><header><h1>{head}</h1>"
        f"<p class='lead'>{escape(title(first))}</p></header>"
        f"{beside}{sections}<footer><p>{escape(SCOPE)}</p>"
        f"<p>{escape(str(published_calibration()))}</p></footer></main></body></html>\n"
    )


def _section(name: str, found: Findings) -> str:
    """One network: a picture in each row, the numbers, what goes for all, and where it is from."""
    shown = columns(found)
    heads = list(shown)
    place = heads.index("right")
    rows = []
    for c, cells in zip(
        np.flatnonzero(found.asked), zip(*shown.values(), strict=True), strict=True
    ):
        written = [_cell(head, cell) for head, cell in zip(heads, cells, strict=True)]
        written.insert(place, f"<td class='bar' aria-hidden='true'>{_bar(found, int(c))}</td>")
        rows.append(f"<tr>{''.join(written)}</tr>")
    names = [
        f"<th scope='col'{' class=verdict' if head == 'verdict' else ''}>{escape(head)}</th>"
        for head in heads
    ]
    names.insert(place, "<td class='bar' aria-hidden='true'></td>")
    said = {
        "To keep in mind": [*doubts(found), *suspects(found)],
        "What would help": helps(found),
    }
    lists = "".join(f"<h3>{head}</h3>{_list(lines)}" for head, lines in said.items() if lines)
    return (
        f"<section><h2>{escape(name)}</h2><p>{escape(summary(found))}</p><table><caption>{escape(_LEGEND)}</caption>"
        f"<thead><tr>{''.join(names)}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        f"{lists}"
        f"<details><summary>As text, and how it was made</summary><pre>{escape(text(found))}</pre>"
        f"{_made(found)}</details></section>"
    )


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _cell(head: str, cell: str) -> str:
    """A cell that names its column, for screens on which rows become cards."""
    if head == "class":
        return f"<th scope='row'>{escape(cell)}</th>"
    kind = f" class='verdict {cell.split(',')[0]}'" if head == "verdict" else ""
    return f"<td data-head='{escape(head)}'{kind}><span>{escape(cell)}</span></td>"


def _bar(found: Findings, c: int) -> str:
    """The share that is right with its interval, beside that of exact regression."""

    def at(share: float) -> str:
        return f"{_ENDS[0] + share * (_ENDS[1] - _ENDS[0]):.1f}"

    low, high = np.nanmin(found.interval[c, :, 0]), np.nanmax(found.interval[c, :, 1])
    right = float(np.nanmean(found.accuracy[c]))
    exact = ""
    if found.regression is not None:
        place = at(float(np.nanmean(found.regression[c])))
        exact = f"<path class='exact' d='M{place} 3V19'/>"
    return (
        f"<svg viewBox='0 0 160 22' width='160' height='22'><path class='axis' d='M{_ENDS[0]} 11"
        f"H{_ENDS[1]}M{at(0.5)} 2V20'/><path class='span' d='M{at(low)} 11H{at(high)}'/>{exact}"
        f"<circle cx='{at(right)}' cy='11' r='4.5'/></svg>"
    )


def _beside(several: Mapping[str, Findings]) -> str:
    """A row for each class, a column for each network."""
    first = next(iter(several.values()))
    names = "".join(f"<th scope='col' class='verdict'>{escape(name)}</th>" for name in several)
    shown = [columns(one) for one in several.values()]
    rows = ""
    for place, c in enumerate(np.flatnonzero(first.asked)):
        cells = ""
        for (name, one), cut in zip(several.items(), shown, strict=True):
            words = words_of(one.verdict[c])
            cells += (
                f"<td data-head='{escape(name)}' class='verdict {words.split(',')[0]}'>"
                f"<span>{escape(cut['right'][place])} {escape(words)}</span></td>"
            )
        rows += f"<tr><th scope='row'>{escape(str(first.classes[c]))}</th>{cells}</tr>"
    return (
        "<section class='beside'><h2>Side by side</h2><table>"
        "<caption>Right at the missing pose, by theory.</caption>"
        f"<thead><tr><th scope='col'>class</th>{names}</tr></thead>"
        f"<tbody>{rows}</tbody></table></section>"
    )


def _made(found: Findings) -> str:
    """Provenance, a line each."""
    made = found.provenance
    versions = ", ".join(f"{name} {number}" for name, number in made["versions"].items())
    lines = {
        "made": f"{made['date']}, in {made['seconds']} s, by {made['command']}",
        "commit": made["commit"],
        "versions": versions,
        "data": f"{made['dataset']}, SHA-256 {made['dataset_hash']}",
        "ridge": f"{found.ridge:.3g}, defect {found.defect:.2%}",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{escape(str(line))}</dd>" for name, line in lines.items())
    return f"<dl>{rows}</dl>"
