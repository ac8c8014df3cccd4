"""The example records that the package and the repository contain."""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

Examples = Mapping[str, Mapping[str, Any]]
"""Example values by the name of their topic and their own name."""


def examples_folder() -> Path:
    """Return the folder of the examples: of the installed package, else of the checkout."""
    packaged = Path(str(files("streams"))) / "data" / "schemas" / "examples"
    if packaged.is_dir():
        return packaged
    return Path(__file__).parents[2] / "schemas" / "examples"


def read_examples(folder: Path) -> Examples:
    """Read the example records of each topic, ``TOPIC/NAME.json``, in the order of their names.

    Raises:
        OSError: If a file cannot be read.
        msgspec.DecodeError: If a file is not JSON.

    Examples:
        >>> sorted(read_examples(examples_folder())["articles.raw.v1"])
        ['page', 'wire-text']
    """
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(folder.glob("*/*.json")):
        found.setdefault(path.parent.name, {})[path.stem] = msgspec.json.decode(path.read_bytes())
    return found
