"""What a symbol in a formula means, where it has one meaning."""

import pytest

pytest.importorskip("sphinx")

import symbol_cards
from bs4 import BeautifulSoup
from small_site import Site

ROW = (
    r'<tr><td><p>{mark}<span class="math">\({tex}\)</span>{end}</p></td><td><p>meaning of {tex}</p>'
    '</td><td><p><a href="../notebooks/theory/one.html#eq-one">(1.1)</a></p></td></tr>'
)


def notation(*symbols: str, always: str = "") -> BeautifulSoup:
    """A table of notation."""
    rows = [
        ROW.format(
            tex=tex,
            mark='<span class="always">' if tex == always else "",
            end="</span>" if tex == always else "",
        )
        for tex in symbols
    ]
    return BeautifulSoup(f"<table><tbody>{''.join(rows)}</tbody></table>", "html.parser")


@pytest.mark.parametrize(
    "tex,key",
    [
        (r"\lambda_N", "𝜆_{𝑁}"),
        (r"\hat y", "𝑦\u0302"),
        (r"r_{\mathrm{rel}}", "𝑟_{rel}"),
        (r"\langle \lambda^{-1} \rangle", "⟨𝜆^{\N{MINUS SIGN}1}⟩"),
        (r"\Sigma^\ell", "Σ^{ℓ}"),
        ("x'", "𝑥^{\N{PRIME}}"),
        (r"\varepsilon_s", "𝜀_{𝑠}"),
    ],
)
def test_a_symbol_has_the_characters_that_are_drawn(tex, key):
    assert symbol_cards.key_of(tex) == key


def test_a_family_is_known_by_each_of_its_members():
    assert symbol_cards.keys_of(r"\mu_i") == ["𝜇_{𝑖}", "𝜇_{𝑗}"]
    assert symbol_cards.keys_of(r"\kappa_{ij}")[1:] == ["𝜅_{𝑗𝑖}", "𝜅_{𝑖𝑖}", "𝜅_{𝑗𝑗}"]
    assert symbol_cards.keys_of("D_n") == ["𝐷_{𝑛}", "𝐷_{𝑛}", "𝐷_{#}"]
    assert symbol_cards.keys_of("K_r") == ["𝐾_{𝑟}"]


def test_a_letter_alone_has_a_card_where_it_is_introduced_or_where_it_has_one_meaning():
    rows = symbol_cards.table(notation("K", "m", r"\lambda_N", always="K"))
    elsewhere = symbol_cards.symbols_of("notebooks/a/b", rows, own=set(), here=set())
    at_home = symbol_cards.symbols_of("notebooks/a/b", rows, own={"m"}, here=set())
    assert set(elsewhere) == {"𝐾", "𝜆_{𝑁}"}
    assert set(at_home) == {"𝐾", "𝜆_{𝑁}", "𝑚"}


@pytest.mark.slow
def test_a_book_without_a_table_of_notation_has_no_cards(tmp_path):
    site = Site(tmp_path, "symbol_cards")
    site.config["myst_enable_extensions"] = ["dollarmath"]
    site.write(index="# Book\n\n## One\n\nHere is $x$.\n")
    assert site.build() == 0, site.warnings
    assert "symbols-here" not in site.page()


def test_a_meaning_of_the_page_comes_before_that_of_the_book():
    rows = symbol_cards.table(notation("f_0"))
    (found,) = symbol_cards.symbols_of("notebooks/a/b", rows, own=set(), here={"f_0"}).values()
    assert '<a href="#here-f-0">' in found
    assert "meaning of" not in found


def test_a_card_leads_from_its_page_to_where_the_symbol_is_introduced():
    ((_, _, row),) = symbol_cards.table(notation("K_r"))
    found = symbol_cards.card(row, "notebooks/kernels/depth")
    assert "meaning of K_r" in found
    assert '<a href="../theory/one.html#eq-one">(1.1)</a>' in found
