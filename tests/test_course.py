"""Chapters as notebooks that stand alone, on a small site: for students and for those who teach."""

import asyncio
import copy

import pytest

pytest.importorskip("jupyter_book", reason="the book is built in the book's environment only")

import nbformat
from course import checking
from course.code import marked, needed, stub, without_glue
from small_site import Site

# What Sphinx and its extensions do is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore")

WRITTEN = 'def double(x):\n    """Twice x."""\n    y = x + x\n    return y\n'
HEAD = """---
file_format: mystnb
kernelspec: {name: python3, display_name: Python 3}
---

"""
CHAPTER = """# A chapter

Twice $|x|$, as {eq}`eq-twice` and {prf:ref}`thm-twice` say; {doc}`other` has more.

**Assumed:** nothing. **Reading:** {reading-time}`minutes`. **Running:** 3 s.

```{instructor}
Ask what **half** of twice is.

All will know {prf:ref}`thm-twice`.
```

```{math}
:label: eq-twice
y = 2x
```

````{prf:theorem} Twice
:label: thm-twice
It *doubles*.
````

```{code-cell} ipython3
:tags: [remove-cell]

secret = 3
unused = 4
```

```{code-cell} ipython3
:tags: [remove-cell]

glued = 5
```

```{code-cell} ipython3
from symtheory.book.numbers import glue_numbers

value = secret + 1
if value:
    glue_numbers(value=value)
```

```{admonition} Takeaway
Twice is more than once.
```

| half | twice |
| --- | --: |
| 1.50 | $3$ |

````{exercise} Write it
:label: ex-write
*5 minutes · easy.* Write `double`.

```{instructor}
They will multiply.
```
````

````{solution-start} ex-write
````

It is a sum.

```{code-cell} ipython3
:tags: [stub]

def double(x):
    \"\"\"Twice x.\"\"\"
    y = x + x
    return y
```

```{code-cell} ipython3
:tags: [check]

assert double(value) == 8
```

```{code-cell} ipython3
:tags: [hidden-check]

assert double(-2) == -4
```

````{solution-end}
````

````{self-check}
What is twice $3$?

- [ ] $5$.

  That is three and two.

- [x] $6$.

  It is **even**.
````

````{guess}
:answer: '$6$'
:to: 10
:unit: ducks

How many?
````

````{exercise} Say it
:label: ex-say
*10 minutes · harder.* Why?
````

````{solution-start} ex-say
````

Because of the reason, which is that what is said in {eq}`eq-twice` is said twice by
{prf:ref}`thm-twice`, and so on.

```{code-cell} ipython3
reason = double(1)
```

````{solution-end}
````
"""
OTHER = """# Another chapter

**Assumed:** nothing. **Reading:** {reading-time}`minutes`. **Running:** 2 s.
"""


def chapter_site(folder, chapter=CHAPTER):
    """A site of one chapter and a page that is none, built."""
    site = Site(
        folder,
        *(
            "sphinx_proof",
            "sphinx_exercise",
            "sphinx_markdown_builder",
            "guess",
            "self_check",
            "reading_time",
            "instructor",
            "course",
            "plain_pages",
        ),
        notebooks=True,
    )
    site.config |= {
        "nb_execution_mode": "off",
        "numfig": True,
        "math_numfig": True,
        "numfig_secnum_depth": 1,
        "suppress_warnings": ["config.cache", "myst-nb.lexer"],
        "html_theme": "basic",
        "myst_enable_extensions": ["dollarmath", "tasklist"],
    }
    (site.source / "notebooks").mkdir()
    (site.source / "notebooks" / "chapter.md").write_text(HEAD + chapter, encoding="utf-8")
    (site.source / "notebooks" / "other.md").write_text(OTHER, encoding="utf-8")
    toc = "# Site\n\n```{toctree}\n:numbered:\nnotebooks/chapter\nnotebooks/other\n```\n"
    site.write(index=toc)
    assert site.build() == 0, site.warnings
    return site


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site."""
    return chapter_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def course(site):
    """The notebooks of the site, by their variants."""
    folder = site.out.parent / "course"
    return {
        path.parent.name: nbformat.read(path, as_version=4)
        for path in folder.glob("*/chapter.ipynb")
    }


def text(notebook, kind="markdown"):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == kind)


def test_there_is_a_valid_notebook_of_each_variant(course):
    assert sorted(course) == ["instructor", "nbgrader", "solutions", "student"]
    for notebook in course.values():
        nbformat.validate(notebook)


def test_references_numbers_and_boxes_are_plain_markdown(course):
    words = text(course["student"])
    assert "Twice $|x|$, as (1.1) and Theorem 1.1 say; Another chapter has more." in words
    assert "y = 2x \\tag{1.1}\n$$" in words
    assert "> **Theorem 1.1 (Twice).**\n> \n> It *doubles*." in words
    assert "> **Takeaway.**\n> \n> Twice is more than once." in words
    assert "| 1.50   | $3$     |" in words
    assert "{" not in words.replace("\\tag{", "")


def test_questions_have_answers_to_open(course):
    words = text(course["student"])
    assert "**Check yourself.**\n\nWhat is twice $3$?\n\n<details>\n<summary>\n\n" in words
    assert (
        "How many?\n\n<details>\n<summary>The answer</summary>\n\n$6$ ducks\n\n</details>" in words
    )
    assert "$6$.\n\n</summary>\n\n**Right.** It is **even**.\n\n</details>" in words


def test_of_what_the_page_removes_a_notebook_has_what_it_needs(course):
    code = text(course["student"], "code")
    assert "secret = 3" in code
    assert "glued = 5" not in code


def test_a_notebook_has_nothing_for_the_numbers_of_the_page(course):
    for notebook in course.values():
        assert "glue" not in text(notebook, "code")
        assert "value = secret + 1\nif value:\n    pass" in text(notebook, "code")


def test_the_first_code_installs_what_is_missing(course):
    first = next(cell for cell in course["student"].cells if cell.cell_type == "code")
    assert "%pip install" in first.source


def test_students_get_no_solution(course):
    everything = nbformat.writes(course["student"])
    for solution in (
        "It is a sum",
        "y = x + x",
        "Because of the reason",
        "reason = double",
        "(-2)",
    ):
        assert solution not in everything
        assert solution in nbformat.writes(course["solutions"])
    assert everything.count("*Your answer:*") == 2


@pytest.mark.slow
def test_a_site_without_solutions_has_none_anywhere(tmp_path, monkeypatch):
    monkeypatch.setenv("SOLUTIONS", "hide")
    site = chapter_site(tmp_path)
    assert "Write it" in (site.out / "notebooks" / "chapter.html").read_text("utf-8")
    for path in site.out.rglob("*"):
        if path.suffix in {".html", ".js", ".md", ".ipynb", ".txt"}:
            words = path.read_text("utf-8")
            assert "It is a sum" not in words and "Because of the reason" not in words, path


@pytest.mark.slow
def test_nothing_is_left_of_a_chapter_that_is_gone(tmp_path):
    site = chapter_site(tmp_path)
    there = [path for path in site.out.parent.rglob("other.*") if ".doctrees" not in path.parts]
    assert {path.suffix for path in there} >= {".html", ".md", ".ipynb"}
    (site.source / "notebooks" / "other.md").unlink()
    site.write(index="# Site\n\n```{toctree}\n:numbered:\nnotebooks/chapter\n```\n")
    assert site.build() == 0, site.warnings
    assert not [path for path in there if path.exists()]
    assert (site.out.parent / "course" / "solutions" / "chapter.ipynb").exists()
    assert (site.out / "notebooks" / "chapter.html").exists()


def test_what_else_the_environment_says_of_solutions_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("SOLUTIONS", "show")
    with pytest.raises(Exception, match="Expected SOLUTIONS=hide or nothing"):
        chapter_site(tmp_path)


def test_students_get_stubs_and_tests(course):
    code = text(course["student"], "code")
    assert 'def double(x):\n    """Twice x."""\n    raise NotImplementedError' in code
    assert "assert double(value) == 8" in code


def test_instructors_get_a_plan(course):
    plan = course["instructor"].cells[0].source
    assert "Reading takes 5 minutes, 5 with proofs" in plan
    assert "the code ran for 3 s" in plan
    assert "2 exercises take 15 minutes and give 5 points." in plan
    rows = [[part.strip() for part in row.split("|")[1:-1]] for row in plan.splitlines()[-2:]]
    assert rows == [
        ["1.1", "Write it", "5", "easy", "its tests", "2"],
        ["1.2", "Say it", "10", "harder", "reading it", "3"],
    ]


def test_instructors_are_told_what_to_ask_and_what_students_believe(course):
    plan = course["instructor"].cells[0].source
    assert "\n\nAsk what **half** of twice is. All will know Theorem 1.1.\n\n" in plan
    assert "**To ask before it is shown.** How many? ($6$ ducks)" in plan
    assert "- What is twice $3$?\n  - *$5$.* That is three and two.\n" in plan
    assert "even" not in plan


def test_instructors_are_told_at_each_exercise_how_to_mark_it(course):
    words = text(course["instructor"])
    assert (
        "Write `double`.\n> \n> **For instructors.** *2 points.* `double` passes the tests that "
        "students see: 1; those that they do not see: 1. They will multiply.\n\n"
    ) in words
    assert (
        "Why?\n> \n> **For instructors.** *3 points.* The result: 1; the reason that the solution "
        "gives: 2. Rests on (1.1), Theorem 1.1.\n\n"
    ) in words


def test_a_test_gives_as_many_points_to_instructors_as_in_nbgrader(course):
    graded = [cell.metadata.get("nbgrader", {}) for cell in course["nbgrader"].cells]
    assert sum(cell.get("points", 0) for cell in graded) == 2


def test_what_instructors_are_told_is_nowhere_else(site, course):
    told = ("**half**", "They will multiply")
    for variant in ("student", "solutions", "nbgrader"):
        assert not any(words in nbformat.writes(course[variant]) for words in told)
        assert "For instructors" not in nbformat.writes(course[variant])
    for path in site.out.rglob("*"):
        if path.suffix in {".html", ".js"} or path == site.out / "notebooks" / "chapter.md":
            assert "multiply" not in path.read_text("utf-8"), path


@pytest.mark.parametrize("line", ["*Soon.*", "*5 minutes · impossible.*"])
def test_an_exercise_without_minutes_and_difficulty_is_an_error(tmp_path, line):
    with pytest.raises(Exception, match=r"Expected minutes and difficulty.*in ex-say\. Try"):
        chapter_site(tmp_path, CHAPTER.replace("*10 minutes · harder.*", line))


def test_advice_that_says_nothing_is_an_error(tmp_path):
    chapter = CHAPTER.replace("They will multiply.\n", "")
    with pytest.raises(AssertionError, match="Expected advice. Got none"):
        chapter_site(tmp_path, chapter)


def test_nbgrader_is_told_what_to_grade(course):
    cells = [cell for cell in course["nbgrader"].cells if "nbgrader" in cell.metadata]
    written, test, hidden = cells
    assert written.metadata.nbgrader.solution
    assert (
        "    ### BEGIN SOLUTION\n    y = x + x\n    return y\n    ### END SOLUTION"
        in written.source
    )
    assert test.metadata.nbgrader.grade
    assert test.metadata.nbgrader.locked
    assert hidden.metadata.nbgrader.grade
    assert hidden.source == (
        "### BEGIN HIDDEN TESTS\nassert double(-2) == -4\n### END HIDDEN TESTS"
    )
    assert written.metadata.nbgrader.grade_id != test.metadata.nbgrader.grade_id


def test_stubs_fail_and_solutions_pass(course):
    assert asyncio.run(checking.check(course["student"], course["solutions"])) == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cell", "source", "complaint"),
    [
        ("check", "assert True", "Expected tests that fail for the stub"),
        ("check", "assert double(value) == 9", "Expected every cell to run"),
    ],
)
def test_tests_that_test_nothing_and_solutions_that_fail_are_found(course, cell, source, complaint):
    student = copy.deepcopy(course["student"])
    (test,) = (one for one in student.cells if checking.is_tagged(one, cell))
    test.source = source
    assert complaint in asyncio.run(checking.check(student, course["solutions"]))


def test_a_stub_has_signature_and_docstring():
    assert stub("import os\n\n" + WRITTEN + "\nz = 1") == (
        'import os\n\ndef double(x):\n    """Twice x."""\n'
        '    raise NotImplementedError("Your turn.")\n\nz = 1'
    )
    assert "y = x + x" in marked(WRITTEN)


def test_a_stub_without_a_function_is_an_error():
    with pytest.raises(ValueError, match="Expected a cell that defines a function.*Try the tag"):
        stub("x = 1")


@pytest.mark.parametrize(
    "body",
    [
        "    # The answer is\n\n    # a sum.\n    return x + x",
        "    @cache\n    def g():\n        ...",
    ],
)
def test_nothing_of_a_body_is_left_in_a_stub(body):
    assert stub(f"def double(\n    x,\n):\n{body}") == (
        'def double(\n    x,\n):\n    raise NotImplementedError("Your turn.")'
    )
    assert marked(f"def double(x):\n{body}").splitlines()[1] == "    ### BEGIN SOLUTION"


@pytest.mark.parametrize("written", ["def f(x): return x", 'def f(x): """Twice."""'])
def test_a_body_in_the_line_of_its_signature_is_an_error(written):
    with pytest.raises(ValueError, match="Expected the body of f.*Try a line break"):
        stub(written)


def test_cells_are_needed_for_the_names_that_later_cells_read():
    sources = ["a = 1", "b = a", "c = 2", "print(b)", "d = c"]
    assert needed(sources, [False, False, False, True, False]) == [True, True, False, True, False]


@pytest.mark.parametrize(
    ("source", "rest"),
    [
        ("x = 1\nglue_numbers(\n    x=x,\n)\nglue_text('a', 'b')", "x = 1"),
        ("for x in y:\n    z = x\n    glue_numbers(z=z)", "for x in y:\n    z = x"),
        ("for x in y:\n    glue_numbers(x=x)\nz = 1", "for x in y:\n    pass\nz = 1"),
        ("if x:\n    y = 1\nelse:\n    glue_text('a', 'b')", "if x:\n    y = 1\nelse:\n    pass"),
        ("from a.numbers import glue_numbers\nimport b", "import b"),
        ("from a import b, glue_numbers", "from a import b, glue_numbers"),
        ("x = glue_numbers", "x = glue_numbers"),
    ],
)
def test_numbers_for_the_prose_are_left_out(source, rest):
    assert without_glue(source) == rest


def test_each_page_is_there_as_plain_markdown(site):
    page = (site.out / "notebooks" / "chapter.md").read_text("utf-8")
    assert "as (1.1) and Theorem 1.1 say" in page
    assert "\n\nvalue = secret + 1\n" in page
    assert "secret = 3" not in page
    assert "It is a sum." in page


def test_a_list_leads_to_all_pages(site):
    words = (site.out / "llms.txt").read_text("utf-8")
    assert words.startswith("# ")
    assert "- [A chapter](notebooks/chapter.md): " in words
    assert "- [Another chapter](notebooks/other.md): " in words
