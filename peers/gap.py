"""Ask GAP, in one process for all groups."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np


def ask(names: list[str]) -> dict[str, dict[str, Any]]:
    """What GAP finds about groups, given as GAP's own expressions, such as "SmallGroup(24,12)"."""
    if shutil.which("gap") is None:
        raise RuntimeError("Expected GAP on the path. Got none. Try bash peers/install.")
    script = Path(__file__).with_name("groups.g").read_text()
    done = subprocess.run(
        ["gap", "-q", "-A"],
        input=f'LoadPackage("smallgrp");;\nwanted := {json.dumps(names)};;\n{script}',
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {line["name"]: line for line in lines}


def character_table(answer: dict[str, Any]) -> np.ndarray:
    """The table as complex numbers, of shape (irreps, classes)."""
    return np.array(
        [
            [np.dot(powers, np.exp(2j * np.pi * np.arange(n) / n)) for n, powers in row]
            for row in answer["characters"]
        ]
    )
