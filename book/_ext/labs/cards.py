"""Labs as cards."""

from __future__ import annotations

from docutils import nodes

from labs.read import Lab, copies, link_to


def make_card(lab: Lab, docname: str) -> nodes.container:
    """A card: what the lab asks, of which paper, what it claims, shows and finds, in which time.

    Args:
        lab: The lab.
        docname: The page on which the card stands.
    """
    chapter = lab.chapter
    claim, verdict, evidence = (
        copies(lab.says[kind], docname) for kind in ("claim", "verdict", "evidence")
    )
    picture = nodes.raw("", f'<div class="lab-picture">{lab.picture}</div>', format="html")
    title = nodes.paragraph("", "", link_to(chapter, chapter.title, docname), classes=["lab-title"])
    paper = nodes.paragraph("", "", *copies([lab.paper], docname), classes=["lab-paper"])
    found = nodes.paragraph(
        "", "", nodes.strong("", "", *verdict), nodes.Text(": "), *evidence, nodes.Text(".")
    )
    time = nodes.paragraph(
        "",
        f"{chapter.reading[0]} minutes to read, {chapter.running:.0f} s to run",
        classes=["lab-time"],
    )
    words = nodes.container("", title, paper, nodes.paragraph("", "", *claim), found, time)
    words["classes"] = ["lab-words"]
    return nodes.container("", picture, words, classes=["lab-card"])
