"""Build outside the tree, so that nothing stays in it and nothing old gets into a wheel."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from setuptools import setup
from setuptools.command.build_py import build_py


class WithRecords(build_py):
    """The package with the records of the book, which its notebooks show wherever they run."""

    def run(self):
        """Copy the modules, and the records beside them."""
        super().run()
        if not self.editable_mode:
            shutil.copytree("results", Path(self.build_lib, "symtheory", "results"))


with TemporaryDirectory() as folder:
    setup(
        options={"build": {"build_base": folder}, "egg_info": {"egg_base": folder}},
        cmdclass={"build_py": WithRecords},
    )
