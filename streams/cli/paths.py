"""Paths that a command reads: checked before anything else is done, in one sentence."""

import os
from pathlib import Path
from typing import TypeVar

from streams.errors import UsageError

Given = TypeVar("Given", Path, Path | None, list[Path] | None)


def readable_file(given: Given) -> Given:
    """Give back what was given, if every path of it is a file that can be read.

    Raises:
        UsageError: If one is not; the message says what to do.

    Examples:
        >>> readable_file(Path("nowhere.jsonl"))
        Traceback (most recent call last):
        streams.errors.UsageError: nowhere.jsonl: no such file; is its path right?
    """
    for path in _each(given):
        _require_readable(path, "file")
        if path.is_dir():
            raise UsageError(f"{path}: a folder; give a file")
    return given


def readable_folder(given: Path) -> Path:
    """Give back a path, if it is a folder that can be read.

    Raises:
        UsageError: If it is not; the message says what to do.
    """
    _require_readable(given, "folder")
    if not given.is_dir():
        raise UsageError(f"{given}: a file; give a folder")
    return given


def _each(given: Path | list[Path] | None) -> list[Path]:
    return given if isinstance(given, list) else [given] if given else []


def _require_readable(path: Path, kind: str) -> None:
    try:
        there = path.exists()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    if not there:
        raise UsageError(f"{path}: no such {kind}; is its path right?")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{path}: you may not read it; `chmod u+r` it, or give another")
