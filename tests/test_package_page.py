"""The examples of the page of the package run, and print what they say."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "book/package.md"
# Needs PyTorch, runs an experiment, or has a test of its own (`test_own_images.py`).
ELSEWHERE = ("torch", "EXPERIMENTS", "diagnose(")


def test_the_examples_of_the_page_of_the_package_print_what_they_say(capsys):
    page = re.sub(r"\{eval-rst\}.*?```", "", PAGE.read_text("utf-8"), flags=re.DOTALL)
    blocks = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    ours = [block for block in blocks if not any(word in block for word in ELSEWHERE)]
    assert len(ours) == len(blocks) - 3 >= 8
    exec("\n".join(ours), {})  # the page's own
    printed = capsys.readouterr().out.splitlines()
    said = re.findall(r"^(?:print\(.+  )?# (.*)$", "\n".join(ours), flags=re.MULTILINE)
    assert printed == said
