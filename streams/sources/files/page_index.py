"""``index.csv`` beside saved pages in, where each page was published out."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from streams.errors import UsageError
from streams.sources.bounded_reading import MAX_SKIPPED_BYTES

INDEX: Final = "index.csv"
"""Its name, in any folder of pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageIndexEntry:
    """What an index says of a page.

    Attributes:
        url: Where it was published; empty if it does not say.
        fetched: When it was saved; None if it does not say.
    """

    url: str = ""
    fetched: datetime | None = None


def read_index(folder: Path) -> dict[str, PageIndexEntry]:
    """Read the index of a folder: a first line ``file,url`` (and ``fetched``), then a page a line.

    Returns:
        By name of the file, relative to the folder; nothing where there is no index.

    Raises:
        UsageError: If there is one that cannot be used.

    References:
        RFC 4180 (CSV); times in ISO 8601, UTC where they name no zone.
    """
    path = folder / INDEX
    try:
        with path.open("rb") as stream:
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
    found = {}
    for row in rows:
        given = (row.get("fetched") or "").strip()
        try:
            time = datetime.fromisoformat(given) if given else None
        except ValueError:
            line = rows.line_num
            raise UsageError(f"{path}:{line}: fetched {given[:40]!r} is no time") from None
        if time and not time.tzinfo:
            time = time.replace(tzinfo=UTC)
        name = (row["file"] or "").strip().removeprefix("./")
        found[name] = PageIndexEntry(url=(row["url"] or "").strip(), fetched=time)
    return found
