"""Read files that contain one article: a saved page, or a text."""

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
from streams.text.canonical import trusted_canonical

HEAD_BYTES: Final = 512 * 1024
"""Number of bytes in which a page's URL is searched: styles in heads of fundus-dev reach 300 KB."""

MAX_TAGS: Final = 2000
"""Number of link and meta elements that are read."""

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
    """The indexes of saved pages in a folder and below, each read once.

    Args:
        root: The folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._indexes: dict[Path, dict[str, PageIndexEntry]] = {}

    def find(self, path: Path) -> PageIndexEntry:
        """Return the entry of a file: in the index of its folder, or of one above up to the root.

        Raises:
            UsageError: If an index is invalid.
        """
        for folder in path.parents:
            if folder not in self._indexes:
                self._indexes[folder] = read_index(folder)
            entry = self._indexes[folder].get(path.relative_to(folder).as_posix())
            if entry is not None:
                return entry
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
    """Return the article of a file of up to 16 MiB.

    The time of fetching of a page is that of its index, or else of the last change of its file.
    Its URL is that of its index, or else of the page (`own_url`). A text may have a date and a
    URL in its header (`article_from_text`).

    Args:
        path: ``.html``, ``.htm`` or ``.txt``, also compressed.
        is_page: Whether it is a page.
        source: Source of the article.
        now: Returns the current time.
        meter: Counts the bytes read from disk.
        listed: Entry of an index for the file.

    Raises:
        OSError: If the file cannot be read, or another of `bounded_reading.UNPACKING_ERRORS`.
    """
    with unpacked(path, meter) as stream:
        body = body_within(stream)
    if body is None:
        return large_file(path, f"decompresses to more than {MAX_BODY_BYTES} bytes")
    if is_page:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        article = raw_article(
            source=source,
            # A file copied with a wrong clock must not have a time in the future.
            fetched=min(listed.fetched or written, now()),
            url=listed.url or own_url(body),
            body=body,
            content_type="text/html",
        )
    else:
        article = article_from_text(body, source=source, fetched=now())
    validated = validate(article, place=str(path))
    if isinstance(validated, Rejected) and validated.reason is RejectReason.TOO_LARGE:
        return large_file(path, "its record would be larger than 4 MiB")
    return validated


def own_url(page: bytes) -> str:
    """Return the URL that a page declares as its own; empty if it is not that of an article.

    Linear in the bytes that are read. Nothing else confirms the URL, so only URLs of articles
    are accepted: a canonical link to the home page is an error of the page.

    Args:
        page: The page, not decoded. URLs that are neither ASCII nor escaped may be wrong.

    References:
        RFC 6596 (canonical link relation), the Open Graph protocol (og:url), the comments
        written by browsers ("saved from url") and SingleFile.

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
    saved_from = _text(saved[1]) if saved else ""
    for name in ("canonical", "og:url"):
        if name in declared:
            url = trusted_canonical(declared[name], page=saved_from)
            if url:
                return url
    return trusted_canonical(saved_from, page="") if saved_from else ""


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
