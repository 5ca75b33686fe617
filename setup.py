"""Compiles the catalogues of messages into the package before it is built; all else is said in pyproject.toml."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))

from helpers.language import DOMAIN, SOURCES, compiled  # noqa: E402


class BuildWithMessages(build_py):
    """The step that collects modules and data."""

    def run(self):
        """Compile first."""
        for path in SOURCES.glob(f"*/{DOMAIN}.po"):
            compiled(path.parent.name)
        super().run()


setup(cmdclass={"build_py": BuildWithMessages})
