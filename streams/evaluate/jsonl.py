"""Read the objects of a JSON Lines file, and name the line of an error."""

import gzip
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import orjson

from streams.errors import UsageError


def json_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read JSON objects, one per line; ``.xz`` and ``.gz`` are unpacked, empty lines left out.

    Raises:
        UsageError: If a line is not a JSON object.
    """
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise UsageError(f"{path}, line {number}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise UsageError(f"{path}, line {number}: not a JSON object")
            yield row


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".xz":
        return lzma.open(path)
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path))
    return path.open("rb")
