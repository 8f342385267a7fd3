"""The button that opens a chapter in Colab, on a small site with the book's theme."""

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

from bs4 import BeautifulSoup
from small_site import Site

pytestmark = pytest.mark.filterwarnings("ignore")

NOTEBOOK = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---

# A page

```{code-cell} ipython3
1 + 1
```
"""
INDEX = "# Site\n\n```{toctree}\nnotebooks/chapter\nother\n```\n"


@pytest.fixture
def site(tmp_path):
    """A chapter, and a notebook that is none."""
    site = Site(tmp_path, "colab", notebooks=True)
    site.config |= {
        "html_theme": "sphinx_book_theme",
        "html_theme_options": {
            "repository_url": "https://github.com/someone/something",
            "launch_buttons": {"binderhub_url": "https://mybinder.org"},
        },
        "nb_execution_mode": "off",
        "suppress_warnings": ["config.cache", "myst-nb.lexer"],
        "colab_branch": "site",
    }
    (tmp_path / "notebooks").mkdir()
    site.write(index=INDEX, other=NOTEBOOK, **{"notebooks/chapter": NOTEBOOK})
    return site


def addresses(site, page):
    """All that a page names: what it loads, and where it leads."""
    tags = BeautifulSoup(site.page(page), "html.parser").find_all(True)
    loaded = {tag["src"] for tag in tags if tag.get("src")}
    loaded |= {tag["href"] for tag in tags if tag.name == "link" and tag.get("href")}
    return loaded, {tag["href"] for tag in tags if tag.name == "a" and tag.get("href")}


def test_the_button_opens_the_notebook_that_is_published(site):
    assert site.build() == 0, site.warnings
    path = "_sources/notebooks/chapter.ipynb"
    assert (site.out / path).is_file()
    loaded, links = addresses(site, "notebooks/chapter")
    address = f"https://colab.research.google.com/github/someone/something/blob/site/{path}"
    assert address in links
    assert not any("colab.research" in one for one in loaded)
    icon = "../_static/images/logo_colab.png"
    assert icon in loaded
    assert (site.out / "notebooks" / icon).is_file()


def test_other_notebooks_have_no_button(site):
    assert site.build() == 0, site.warnings
    links = addresses(site, "other")[1]
    assert any("mybinder" in one for one in links)
    assert not any("colab" in one for one in links)


def test_there_is_none_where_the_site_is_not_published(site):
    site.config["colab_branch"] = ""
    assert site.build() == 0, site.warnings
    assert not any("colab" in one for one in addresses(site, "notebooks/chapter")[1])


def test_a_repository_that_colab_cannot_read_is_an_error(site):
    site.config["html_theme_options"]["repository_url"] = "https://gitlab.com/someone/something"
    with pytest.raises(Exception, match="Expected a repository of GitHub.*Try colab_branch"):
        site.build()
