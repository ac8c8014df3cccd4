"""The file of feeds: which one, reading it, and changing it, one process at a time."""

import os
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from streams.config.feeds import (
    FeedEntry,
    FeedFile,
    FeedValue,
    append_feeds,
    parse_feeds,
    toml_value,
)
from streams.config.opml import read_opml
from streams.config.toml_edit import remove_block, set_values
from streams.config.toml_lines import block_lines
from streams.errors import UsageError, did_you_mean
from streams.runtime.file_lock import hold_lock
from streams.runtime.regular_file import open_regular

FEEDS_FILE: Final = Path("feeds.toml")
"""Default file of feeds, in the working directory."""

OPML_SUFFIXES: Final = frozenset({".opml", ".xml"})


def load_feeds(file: Path, *, missing_ok: bool = False) -> FeedFile:
    """Read a file of feeds; the extension tells TOML from OPML.

    Raises:
        UsageError: If the file is missing or invalid.
    """
    if not file.exists() and missing_ok:
        return FeedFile()
    if _is_opml(file):
        text, _ = append_feeds("", read_opml(_read_bytes(file)).urls)
    else:
        text = _read(file)
    return parse_feeds(text, file=str(file))


def feeds_to_poll(file: Path | None) -> Path | None:
    """Return the file whose feeds a pipeline polls, or None without any feed.

    Args:
        file: File from the settings; None for `FEEDS_FILE`, which may be missing.

    Raises:
        UsageError: If the file is invalid, or is in the settings but missing.
    """
    chosen = file or FEEDS_FILE
    return chosen.absolute() if load_feeds(chosen, missing_ok=file is None).feed else None


def feed_in(feeds: FeedFile, name: str, *, file: object) -> FeedEntry:
    """Return the feed that has an id or URL.

    Args:
        feeds: Content of the file.
        name: Id or URL, exactly.
        file: Name of the file, for the error message.

    Raises:
        UsageError: If there is no such feed; the message suggests a similar one.
    """
    for feed in feeds.feed:
        if name in (feed.name, feed.url):
            return feed
    known = [text for feed in feeds.feed for text in (feed.name, feed.url)]
    contains = [text for text in known if name in text]
    hint = did_you_mean(name, known) or did_you_mean(contains[0] if contains else "", contains)
    hint = hint or "; `streams feeds list` lists the feeds"
    raise UsageError(f"{file}: no feed {name}{hint}")


def add_feeds(
    file: Path, urls: Iterable[str], *, values: Mapping[str, FeedValue] | None = None
) -> tuple[int, int]:
    """Add feeds to a file; it is created if it is missing.

    Args:
        file: File of feeds.
        urls: URLs of the feeds; those that are in the file are skipped.
        values: Other fields of each new feed.

    Returns:
        The number of feeds added, and the number of feeds in the file.

    Raises:
        UsageError: If the file is invalid or cannot be written, or a value is invalid.
    """
    n_before = 0

    def append(text: str, feeds: Sequence[FeedEntry]) -> str:
        nonlocal n_before
        n_before = len(feeds)
        fields = {key: toml_value(value) for key, value in (values or {}).items()}
        return append_feeds(text, urls, values=fields)[0]

    n_after = len(_change(file, append, missing_ok=True))
    return n_after - n_before, n_after


def remove_feeds(file: Path, names: Sequence[str]) -> list[FeedEntry]:
    """Remove feeds from a file.

    Args:
        file: File of feeds.
        names: Ids or URLs.

    Returns:
        The feeds that were removed.

    Raises:
        UsageError: If there is no such feed, or the file cannot be changed; nothing is removed.
    """
    removed: list[FeedEntry] = []

    def remove(text: str, feeds: Sequence[FeedEntry]) -> str:
        chosen = [feed_in(FeedFile(feed=tuple(feeds)), name, file=file) for name in names]
        removed.extend(dict.fromkeys(chosen))
        lines = _block_lines(text, len(feeds), file)
        # From the last to the first, since removing a block moves the lines below it.
        for feed, line in reversed(list(zip(feeds, lines, strict=True))):
            if feed in removed:
                text = remove_block(text, line)
        _require(text, [feed for feed in feeds if feed not in removed], file)
        return text

    _change(file, remove)
    return removed


def edit_feeds(
    file: Path, names: Sequence[str], values: Mapping[str, FeedValue | None]
) -> list[str]:
    """Change fields of feeds in a file; comments and formatting stay.

    A feed whose id is derived from its URL gets this id explicitly when the URL changes, because
    the state of the feed is kept by its id.

    Args:
        file: File of feeds.
        names: Ids or URLs.
        values: Values by field; None removes the field, so that its default holds.

    Returns:
        The ids of the feeds that changed.

    Raises:
        UsageError: If there is no such feed, a value is invalid, or the file cannot be changed;
            nothing is changed.
    """
    changed: list[str] = []

    def edit(text: str, feeds: Sequence[FeedEntry]) -> str:
        chosen = [feed_in(FeedFile(feed=tuple(feeds)), name, file=file) for name in names]
        wanted = list(feeds)
        lines = _block_lines(text, len(feeds), file)
        # From the last to the first, since new lines move the lines below them.
        for index, line in reversed(list(enumerate(lines))):
            feed = feeds[index]
            if feed in chosen:
                pinned = {"id": feed.name} if "url" in values and not feed.id else {}
                fields = {**pinned, **values}
                wanted[index] = _with_values(feed, fields)
                text = set_values(text, line, _spelled(fields))
        _require(text, wanted, file)
        changed.extend(
            after.name for before, after in zip(feeds, wanted, strict=True) if before != after
        )
        return text

    _change(file, edit)
    return changed


def _with_values(feed: FeedEntry, values: Mapping[str, FeedValue | None]) -> FeedEntry:
    defaults = {field.name: field.default for field in msgspec.structs.fields(FeedEntry)}
    given = {key: defaults[key] if value is None else value for key, value in values.items()}
    return msgspec.structs.replace(feed, **given)


def _spelled(values: Mapping[str, FeedValue | None]) -> dict[str, str | None]:
    return {key: None if value is None else toml_value(value) for key, value in values.items()}


def _block_lines(text: str, n_feeds: int, file: Path) -> list[int]:
    """Return the line of each ``[[feed]]``.

    Raises:
        UsageError: If the feeds are written in another way.
    """
    numbers, lines = block_lines(text, "feed", n_feeds), text.split("\n")
    if not all(lines[number - 1].lstrip().startswith("[[") for number in numbers):
        raise _unusual(file)
    return numbers


def _require(text: str, wanted: Sequence[FeedEntry], file: Path) -> None:
    """Refuse a change of the text that does not give the wanted feeds.

    Raises:
        UsageError: If the feeds differ, because of an unusual way to write them.
    """
    if list(parse_feeds(text, file=str(file)).feed) != list(wanted):
        raise _unusual(file)


def _unusual(file: Path) -> UsageError:
    return UsageError(f"{file}: feeds are written in an unusual way; change the file in an editor")


def _change(
    file: Path, change: Callable[[str, Sequence[FeedEntry]], str], *, missing_ok: bool = False
) -> Sequence[FeedEntry]:
    """Change the text of a file, one process at a time; readers see the former or the new one.

    Returns:
        The feeds in the file after the change.
    """
    if _is_opml(file):
        raise UsageError(
            f"{file}: an OPML file is only read; copy it to feeds.toml with `streams feeds import`"
        )
    try:
        # The lock is a hidden file beside it: the file itself is replaced, and its lock with it.
        with hold_lock(file.with_name(f".{file.name}.lock")):
            before = "" if missing_ok and not file.exists() else _read(file)
            unix = before.replace("\r\n", "\n")
            after = change(unix, parse_feeds(unix, file=str(file)).feed)
            feeds = parse_feeds(after, file=str(file)).feed
            if after != unix:
                _replace(file, after.replace("\n", "\r\n") if "\r\n" in before else after)
    except OSError as error:
        raise UsageError(f"writing {file}: {error.strerror}") from error
    return feeds


def _is_opml(file: Path) -> bool:
    return file.suffix.lower() in OPML_SUFFIXES


def _read(file: Path) -> str:
    try:
        return _read_bytes(file).decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"reading {file}: {error}") from error


def _read_bytes(file: Path) -> bytes:
    try:
        with open_regular(file, links=True) as opened:
            return opened.read()
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file; create it with `streams feeds add URL`") from None
    except OSError as error:
        raise UsageError(f"reading {file}: {error}") from error


def _replace(file: Path, text: str) -> None:
    """Replace a file by a rename; a symbolic link stays, and so do the permissions."""
    target = file.resolve()
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as fresh:
            fresh.write(text.encode("utf-8"))
            fresh.flush()
            os.fsync(fresh.fileno())
        Path(name).chmod(mode)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
