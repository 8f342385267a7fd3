"""Cards of links, on small pages."""

import json

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

from hover_cards import Pages

HOME = """<article class="bd-article">
<figure id="fig"><svg><text>12</text></svg>
<figcaption id="caption">A <em>figure</em>.</figcaption></figure>
<div class="proof theorem" id="thm"><p>See <a href="#fig" id="link">the figure</a>.</p>
<div class="admonition dropdown">Proof.</div></div>
<dl><dt id="term-orbit">orbit<a class="headerlink">#</a></dt><dd><p>All poses.</p></dd></dl>
<div class="math" id="eq"><span class="eqno">(1)<a class="headerlink">#</a></span>\\[a < b\\]</div>
<section id="part"><p>Words.</p></section>
<a class="reference internal" href="#fig">Fig. 1</a>
</article>"""
AWAY = """<article class="bd-article">
<a class="reference internal" href="../home.html#thm">Theorem 1</a>
<a class="reference internal" href="../home.html#term-orbit">orbit</a>
<a class="reference internal" href="../home.html#eq">(1)</a>
<a class="reference internal" href="../home.html#part">part</a>
<a class="reference internal" href="../home.html#gone">gone</a>
<a class="reference internal" href="gone.html#eq">gone</a>
<a class="reference internal" href="../home.html">home</a>
<a class="reference external" href="https://example.org#eq">else</a>
</article>"""


@pytest.fixture
def pages(tmp_path):
    (tmp_path / "home.html").write_text(HOME.replace("a < b", "a &lt; b"), encoding="utf-8")
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "away.html").write_text(AWAY, encoding="utf-8")
    return Pages(tmp_path)


def test_a_card_is_what_a_reader_wants_to_see_again(pages):
    cards = pages.cards("far/away.html")
    assert cards == {
        "../home.html#thm": '<div class="proof theorem"><p>See the figure.</p>\n</div>',
        "../home.html#term-orbit": "<div><p>All poses.</p></div>",
        "../home.html#eq": '<div class="math"><span class="eqno">(1)</span>\\[a &lt; b\\]</div>',
    }
    assert json.loads(json.dumps(cards)) == cards


def test_links_within_a_page_have_cards(pages):
    assert pages.cards("home.html") == {"#fig": "<div>A <em>figure</em>.</div>"}
