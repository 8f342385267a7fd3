"""A bound in the prose holds as it is printed, or the book is not built."""

import pytest

pytest.importorskip("myst_nb", reason="the book is built in the book's environment only")

from bounds import wrong_bound
from small_site import Site

PAGE = """---
jupytext:
  text_representation:
    format_name: myst
kernelspec:
  name: python3
---

# Page

```{{code-cell}} ipython3
from myst_nb import glue

glue("gap", 0.0205, display=False)
```

The two differ by {words} {{glue:text}}`gap:{spec}`.
"""


@pytest.mark.parametrize(
    "before, value, spec, after, mend",
    [
        ("differ by at most ", 0.0205, ".2f", ", which", "at_most"),
        ("differ by at most ", 0.0295, ".2f", ", which", ""),
        ("at\N{NO-BREAK SPACE}most\N{NO-BREAK SPACE}", 0.0205, ".2f", ", which", "at_most"),
        ("to within ", 0.00041, ".0e", ".", "at_most"),
        ("is right in at least ", 99.96, ".0f", " % of", "at_least"),
        ("right in ", 97.9, ".0f", " % or more of", "at_least"),
        ("some ", 25.1, ".0f", " % or fewer are", "at_most"),
        ("off by ", 0.24, ".1f", " points at most", "at_most"),
        ("none differs by more than ", 2.22, ".1f", " standard errors", "at_most"),
        ("the error does not fall below ", 0.2355, ".2f", ".", "at_least"),
        ("it falls from ", 21.7, ".0f", " % to", ""),
        ("it is more than ", 21.3, ".0f", " times", ""),
        ("by at most a third. It is ", 21.3, ".0f", " %", ""),
        ("at most ", 0.1 + 0.2, ".1f", ".", ""),
    ],
)
def test_bounds_that_rounding_made_false_are_found(before, value, spec, after, mend):
    assert wrong_bound(before, value, spec, after) == mend


@pytest.mark.slow
@pytest.mark.parametrize(
    "words, spec, status", [("at most", ".2f", 1), ("at most", ".4f", 0), ("about", ".2f", 0)]
)
def test_a_false_bound_fails_the_build(tmp_path, words, spec, status):
    site = Site(tmp_path, "bounds", notebooks=True)
    site.write(index=PAGE.format(words=words, spec=spec))
    assert site.build() == status
    if status:
        assert "Got 0.02 for 'gap', which is 0.0205. Try at_most(…, \".2f\")." in site.warnings
    else:
        assert not site.warnings
