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
    "before, value, shown, after, mend",
    [
        ("differ by at most ", 0.0205, 0.02, ", which", "at_most"),
        ("differ by at most ", 0.0205, 0.03, ", which", ""),
        ("to within ", 0.00041, 0.0004, ".", "at_most"),
        ("is right in at least ", 99.96, 100, " % of", "at_least"),
        ("right in ", 97.9, 98, " % or more of", "at_least"),
        ("some ", 25.1, 25, " % or fewer are", "at_most"),
        ("off by ", 0.24, 0.2, " points at most", "at_most"),
        ("it falls from ", 21.7, 22, " % to", ""),
        ("by at most a third. It is ", 21.3, 21, " %", ""),
        ("at most ", 0.1 + 0.2, 0.3, ".", ""),
    ],
)
def test_bounds_that_rounding_made_false_are_found(before, value, shown, after, mend):
    assert wrong_bound(before, value, shown, after) == mend


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
