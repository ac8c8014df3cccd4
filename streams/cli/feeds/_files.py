"""The file of feeds: which one, reading it, and adding feeds to it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from streams.config.feeds import FeedFile, append_feeds, parse_feeds, urls_in_opml
from streams.errors import UsageError
from streams.settings import load_settings
from streams.text.plural import plural

File = Annotated[
    Path | None,
    typer.Option(
        "--feeds", metavar="FILE", help="File of feeds (default: NEWS_FEEDS, or feeds.toml)."
    ),
]

FEEDS_FILE = Path("feeds.toml")
"""Default file of feeds, in the working directory."""


def load_feeds(file: Path, *, missing_ok: bool = False) -> FeedFile:
    """Read a file of feeds; the extension tells TOML from OPML.

    Raises:
        UsageError: If the file is missing or invalid.
    """
    if not file.exists() and missing_ok:
        return FeedFile()
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file; create it with `streams feeds add URL`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"reading {file}: {error}") from error
    if file.suffix.lower() in {".opml", ".xml"}:
        text, _ = append_feeds("", urls_in_opml(text))
    return parse_feeds(text, file=str(file))


def feeds_file(file: Path | None) -> Path:
    """Return the file of feeds: as given, else as in the settings, else `FEEDS_FILE`."""
    return file or load_settings().feeds or FEEDS_FILE


def feeds_to_poll(file: Path | None) -> Path | None:
    """Return the file whose feeds a pipeline polls, or None without any feed.

    Args:
        file: File from the settings; None for `FEEDS_FILE`, which may be missing.

    Raises:
        UsageError: If the file is invalid, or is in the settings but missing.
    """
    chosen = file or FEEDS_FILE
    return chosen.absolute() if load_feeds(chosen, missing_ok=file is None).feed else None


def add_feeds(file: Path, urls: Iterable[str]) -> str:
    """Add feeds to a file.

    Returns:
        A sentence that says what was added.

    Raises:
        UsageError: If the file is invalid or cannot be written, or a URL is invalid.
    """
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if text:
        parse_feeds(text, file=str(file))
    changed, n_added = append_feeds(text, urls)
    feeds = parse_feeds(changed, file=str(file)).feed
    try:
        file.write_text(changed, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"writing {file}: {error.strerror}") from error
    return f"{file}: added {n_added}, now {plural(len(feeds), 'feed')}"
