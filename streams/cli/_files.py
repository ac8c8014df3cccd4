"""The files that `streams replay` and `streams sources import` read."""

from pathlib import Path

from streams.errors import UsageError
from streams.sources.files.files import FoundFiles, find_files


def require_files(path: Path) -> FoundFiles:
    """Return the readable files of a file or folder.

    Raises:
        UsageError: If the path is missing or contains no readable file.
    """
    found = find_files(path)
    if not found.files:
        raise UsageError(f"{path}: contains no readable files")
    return found
