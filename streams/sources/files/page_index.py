"""Read ``index.csv``, which lists the URLs of saved pages."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from streams.errors import UsageError
from streams.runtime.regular_file import open_regular
from streams.sources.bounded_reading import MAX_SKIPPED_BYTES

INDEX: Final = "index.csv"
"""Name of the index in a folder of pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageIndexEntry:
    """The entry of an index for a page.

    Attributes:
        url: URL of the page; empty if not listed.
        fetched: Time at which the page was saved; None if not listed.
    """

    url: str = ""
    fetched: datetime | None = None


def read_index(folder: Path) -> dict[str, PageIndexEntry]:
    """Read the index of a folder: a header ``file,url`` (and ``fetched``), then a line per page.

    Returns:
        Entries by file name, relative to the folder; empty without an index.

    Raises:
        UsageError: If the index is invalid.

    References:
        RFC 4180 (CSV); times in ISO 8601, in UTC if they name no zone.
    """
    path = folder / INDEX
    try:
        with open_regular(path) as stream:
            data = stream.read(MAX_SKIPPED_BYTES + 1)
        if len(data) > MAX_SKIPPED_BYTES:
            raise UsageError(f"{path}: larger than {MAX_SKIPPED_BYTES} bytes; split the folder")
        rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
        return _listed(path, rows)
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: cannot be read: {error}") from error


def _listed(path: Path, rows: "csv.DictReader[str]") -> dict[str, PageIndexEntry]:
    if not {"file", "url"} <= set(rows.fieldnames or ()):
        raise UsageError(f"{path}: its first line must be file,url or file,url,fetched")
    entries = {}
    for row in rows:
        fetched = (row.get("fetched") or "").strip()
        try:
            time = datetime.fromisoformat(fetched) if fetched else None
        except ValueError:
            line = rows.line_num
            raise UsageError(
                f"{path}:{line}: fetched {fetched[:40]!r} is not a time; expected ISO 8601"
            ) from None
        if time and not time.tzinfo:
            time = time.replace(tzinfo=UTC)
        name = (row["file"] or "").strip().removeprefix("./")
        entries[name] = PageIndexEntry(url=(row["url"] or "").strip(), fetched=time)
    return entries
