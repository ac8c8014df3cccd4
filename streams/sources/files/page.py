"""One file that is one article in, the article out: a saved page, or a text."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from streams.outcome import RejectReason
from streams.records import RawArticle
from streams.sources.article import raw_article, validate
from streams.sources.bounded_reading import MAX_BODY_BYTES, Meter, body_within, unpacked
from streams.sources.file_problem import large_file
from streams.sources.files.page_index import PageIndexEntry, read_index
from streams.sources.files.saved_page import own_url
from streams.sources.files.text import article_from_text
from streams.sources.rejection import Rejected


class PageIndexes:
    """What the indexes beside saved pages say, each read once."""

    def __init__(self, root: Path) -> None:
        """Look for them in a folder and below."""
        self._root = root
        self._read: dict[Path, dict[str, PageIndexEntry]] = {}

    def find(self, path: Path) -> PageIndexEntry:
        """Say what is listed of a file: in its own folder, else in one above up to the root.

        Raises:
            UsageError: If an index cannot be used.
        """
        for folder in path.parents:
            if folder not in self._read:
                self._read[folder] = read_index(folder)
            listed = self._read[folder].get(path.relative_to(folder).as_posix())
            if listed is not None:
                return listed
            if folder in (self._root, self._root.parent):
                break
        return PageIndexEntry()


def article_from_file(
    path: Path,
    *,
    is_page: bool,
    source: str,
    now: Callable[[], datetime],
    meter: Meter,
    listed: PageIndexEntry,
) -> RawArticle | Rejected:
    """Read a file whole, up to 16 MiB.

    A page was fetched when its file was last written, and is published where
    its index says, else where it says itself (`own_url`); a text may say both
    in its header (`article_from_text`).

    Args:
        path: ``.html``, ``.htm``, ``.txt``, or packed.
        is_page: Whether it is a page.
        source: Who delivers it.
        now: The clock.
        meter: Counts what is read from disk.
        listed: What an index says of it.

    Raises:
        OSError: If it cannot be read, or one of `bounded.UNPACKING_ERRORS`.
    """
    with unpacked(path, meter) as stream:
        body = body_within(stream)
    if body is None:
        return large_file(path, f"unpacks to more than {MAX_BODY_BYTES} bytes")
    if is_page:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        article = raw_article(
            source=source,
            # A clock that was wrong when the file was copied does not make news of tomorrow.
            fetched=min(listed.fetched or written, now()),
            url=listed.url or own_url(body),
            body=body,
            content_type="text/html",
        )
    else:
        article = article_from_text(body, source=source, fetched=now())
    sound = validate(article, place=str(path))
    if isinstance(sound, Rejected) and sound.reason is RejectReason.TOO_LARGE:
        return large_file(path, "its record would be larger than 4 MiB")
    return sound
