"""Packages that are installed for one test: their entry points are found, nothing is copied."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from streams.extensions import installed


def install(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    entry_points: Mapping[str, Mapping[str, str]],
) -> None:
    """Make a package with entry points that importlib finds until the test ends.

    Args:
        folder: An empty one.
        monkeypatch: Undoes it.
        name: Of the package; its version is 1.0.
        entry_points: Group to name to ``module:object``.
    """
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [
        line
        for group, points in entry_points.items()
        for line in (f"[{group}]", *(f"{key} = {value}" for key, value in points.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines))
    monkeypatch.syspath_prepend(folder)
    installed.cache_clear()
