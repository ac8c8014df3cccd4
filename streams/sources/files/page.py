"""Read a file that is one article: a saved page, or a text."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from streams.outcome import RejectReason
from streams.records import RawArticle
from streams.sources.article import raw_article, validate
from streams.sources.bounded_reading import MAX_BODY_BYTES, Meter, body_within, unpacked
from streams.sources.files.page_index import PageIndexEntry, read_index
from streams.sources.files.text import article_from_text
from streams.sources.rejection import Rejected, large_file
from streams.text.urls import trusted_canonical

HEAD_BYTES: Final = 512 * 1024
"""How far into a page its URL is looked for: styles in heads of fundus-dev reach 300 KB."""

MAX_TAGS: Final = 2000
"""Links and metas looked at."""

_TAG = re.compile(rb"<(link|meta)\b([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    rb"([a-z:_-]{1,40})\s{0,10}=\s{0,10}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE
)
_SAVED_FROM = re.compile(
    rb"<!--\s{0,10}(?:saved from url=\(\d{1,8}\)|Page saved with SingleFile\s{1,10}url:\s{0,10})"
    rb"(https?://[^\s<>\"]{1,8000})",
    re.IGNORECASE,
)


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


def own_url(page: bytes) -> str:
    """Return the URL that a page names as its own; empty if it names no article's.

    Linear in what is looked at. The page's word is all there is, so only URLs
    of articles count: a canonical link to the home page is a mistake.

    Args:
        page: Not decoded; its URL is ASCII, or escaped, or left alone.

    References:
        RFC 6596 (canonical link relation), the Open Graph protocol (og:url),
        the comments that browsers ("saved from url") and SingleFile leave.

    Examples:
        >>> own_url(b'<link href="https://news.test/a/rain-in-oslo" rel=canonical>')
        'https://news.test/a/rain-in-oslo'
        >>> own_url(b'<meta property="og:url" content="https://news.test/">')
        ''
        >>> own_url(b"<!-- saved from url=(0031)https://news.test/a/rain-in-oslo -->")
        'https://news.test/a/rain-in-oslo'
    """
    head = page[:HEAD_BYTES]
    declared = dict(reversed([*_declared(head)]))
    saved = _SAVED_FROM.search(head)
    where = _text(saved[1]) if saved else ""
    for name in ("canonical", "og:url"):
        url = trusted_canonical(declared.get(name, ""), page=where) if name in declared else ""
        if url:
            return url
    return trusted_canonical(where, page="") if where else ""


def _declared(head: bytes) -> Iterator[tuple[str, str]]:
    for n_tags, tag in enumerate(_TAG.finditer(head)):
        if n_tags >= MAX_TAGS:
            return
        values = {
            _text(name).lower(): _text(double or single or bare).strip()
            for name, double, single, bare in _ATTRIBUTE.findall(tag[2])
        }
        if tag[1].lower() == b"link" and "canonical" in values.get("rel", "").lower().split():
            yield "canonical", values.get("href", "")
        elif "og:url" in (values.get("property"), values.get("name")):
            yield "og:url", values.get("content", "")


def _text(data: bytes) -> str:
    return html.unescape(data.decode("utf-8", "replace"))
