"""A function of any bytes for each parser; an exception that its documentation lacks is a bug."""

import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from protego import Protego

from streams.clean.article import clean_article
from streams.config.opml import read_opml
from streams.errors import UsageError
from streams.fetch.robots import AGENT, _with_product_tokens
from streams.records import RawArticle
from streams.route.query.grammar import parse_query
from streams.serve.push.parse import parse_articles
from streams.sources.feeds.article import article_from_entry, needs_page
from streams.sources.feeds.discover import feeds_in_header, feeds_in_page
from streams.sources.feeds.markup import strip_markup
from streams.sources.feeds.parsing.dates import entry_time
from streams.sources.feeds.parsing.html_links import with_absolute_links
from streams.sources.feeds.parsing.model import FeedError
from streams.sources.feeds.parsing.parse import parse_feed
from streams.sources.files.files import read_articles
from streams.text.charset import decode_text
from streams.text.dates import parse_date
from streams.text.gunzip import TooLargeError, UnreadableError, gunzip
from streams.text.urls import canonical_url, registrable_domain

NOW: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MAX_BYTES: Final = 1 << 20


def fuzz_feed(data: bytes) -> None:
    """RSS, Atom, RDF, JSON Feed, sitemaps, and the articles of their entries."""
    with suppress(FeedError):
        for entry in parse_feed(data, url="https://news.test/feed").entries:
            needs_page(entry)
            article_from_entry(entry, source="news", feed_url="https://news.test/feed", fetched=NOW)


def fuzz_page(data: bytes) -> None:
    """HTML pages."""
    _clean(data, "text/html")


def fuzz_plain_text(data: bytes) -> None:
    """Wire copy and other texts."""
    _clean(data, "text/plain")


def _clean(data: bytes, content_type: str) -> None:
    raw = RawArticle(
        id="00000000-0000-5000-8000-000000000000", source="news", fetched=NOW,
        url="https://news.test/a", content_type=content_type, body=data,
    )  # fmt: skip
    for cheaply in (False, True):
        clean_article(raw, max_page_bytes=MAX_BYTES, cheaply=cheaply)


def fuzz_markup(data: bytes) -> None:
    """Markup within feeds, links of pages, and Link headers."""
    text = data.decode("utf-8", "replace")
    strip_markup(text)
    with_absolute_links(text, "https://news.test/")
    feeds_in_page(text, url="https://news.test/")
    feeds_in_header(text, url="https://news.test/")


def fuzz_opml(data: bytes) -> None:
    """Subscription lists."""
    with suppress(UsageError):
        read_opml(data)


def fuzz_robots(data: bytes) -> None:
    """Rules for robots, as `streams.fetch.robots` reads them."""
    rules = Protego.parse(_with_product_tokens(data))
    rules.can_fetch("https://news.test/a?b=%41", AGENT)
    rules.crawl_delay(AGENT)


def fuzz_push(data: bytes) -> None:
    """Bodies of pushed articles, one or one per line."""
    for lines in (False, True):
        parse_articles(data, lines=lines, source="push", fetched=NOW)


def fuzz_files(data: bytes) -> None:
    """WARC files, packed or not, JSON lines and saved pages."""
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".warc", ".warc.gz", ".jsonl", ".html", ".txt"):
            file = Path(folder, f"file{suffix}")
            file.write_bytes(data)
            for _ in read_articles(file, now=lambda: NOW):
                pass


def fuzz_query(data: bytes) -> None:
    """Queries of saved searches."""
    with suppress(UsageError):
        parse_query(data.decode("utf-8", "replace"))


def fuzz_date(data: bytes) -> None:
    """Dates of feeds, pages and pushes."""
    text = data.decode("utf-8", "replace")
    parse_date(text)
    for language in ("", "en", "de", "ja", "ar"):
        entry_time(text, language)


def fuzz_url(data: bytes) -> None:
    """URLs of articles."""
    text = data.decode("utf-8", "replace")
    with suppress(ValueError):
        url = canonical_url(text)
        registrable_domain(url)
        assert canonical_url(url) == url  # its documentation promises it


def fuzz_charset(data: bytes) -> None:
    """Character sets."""
    decode_text(data)
    decode_text(data, http_charset=data[:20].decode("latin-1"))


def fuzz_gunzip(data: bytes) -> None:
    """Packed bodies."""
    for lenient in (False, True):
        with suppress(UnreadableError, TooLargeError):
            gunzip(data, max_bytes=MAX_BYTES, lenient=lenient)


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    name.removeprefix("fuzz_"): value
    for name, value in list(globals().items())
    if name.startswith("fuzz_")
}
"""Every target by its name."""

CORPUS: Final = Path(__file__).parent / "corpus"
"""A folder for each target, with inputs: beginnings for the fuzzer, and what it has found."""


def corpus_of(name: str) -> list[Path]:
    """Return the saved inputs of a target, in order."""
    return sorted((CORPUS / name).iterdir())
