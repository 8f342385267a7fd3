"""Labs as cards."""

from __future__ import annotations

from docutils import nodes

from labs.read import Lab, copies, link_to


def make_card(lab: Lab, docname: str) -> nodes.container:
    """A card: what the lab asks, of which paper, what it claims, if that held, in which time.

    The numbers behind the verdict are left to the lab and to the scoreboard.

    Args:
        lab: The lab.
        docname: The page on which the card stands.
    """
    chapter = lab.chapter
    claim, verdict = (copies(lab.says[kind], docname) for kind in ("claim", "verdict"))
    picture = nodes.raw("", f'<div class="lab-picture">{lab.picture}</div>', format="html")
    title = nodes.paragraph("", "", link_to(chapter, chapter.title, docname), classes=["lab-title"])
    paper = nodes.paragraph("", "", *copies([lab.paper], docname), classes=["lab-paper"])
    time = f" · {chapter.reading[0]} minutes to read, {chapter.running:.0f} s to run"
    found = nodes.paragraph(
        "", "", nodes.strong("", "", *verdict), nodes.Text(time), classes=["lab-time"]
    )
    words = nodes.container("", paper, nodes.paragraph("", "", *claim), found)
    words["classes"] = ["lab-words"]
    return nodes.container("", title, picture, words, classes=["lab-card"])
