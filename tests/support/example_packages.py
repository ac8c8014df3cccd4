"""The packages under examples/, installed beside ours for whoever has the path."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

EXAMPLES = ROOT / "examples"


@pytest.fixture(scope="session")
def example_packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install every example into a folder for PYTHONPATH, with what is installed already."""
    folder = tmp_path_factory.mktemp("examples")
    packages = [str(path.parent) for path in sorted(EXAMPLES.glob("*/pyproject.toml"))]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(folder)]
    subprocess.run([*pip, *options, *packages], check=True, capture_output=True)
    return folder


def environment_with(packages: Path, **settings: object) -> dict[str, str]:
    """The environment of a command that finds these packages.

    Args:
        packages: From `example_packages`.
        settings: Names without ``NEWS_``, in small letters.
    """
    named = {f"NEWS_{name.upper()}": str(value) for name, value in settings.items()}
    return os.environ | {"PYTHONPATH": str(packages)} | named
