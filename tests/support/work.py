"""Every stage and parser as a function of one hostile text, and the lines that it runs."""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import msgspec
import orjson
from protego import Protego

from streams.clean.article import clean_article
from streams.config.opml import read_opml
from streams.dedupe.article import dedupe_article
from streams.errors import UsageError
from streams.fetch.robots import AGENT, _with_product_tokens
from streams.processors.dedupe import empty_memory
from streams.records import Origin, Site
from streams.records.clean import Language
from streams.route.match.evaluate import evaluate_query
from streams.route.match.facts import article_facts
from streams.route.query.grammar import parse_query
from streams.serve.push.parse import parse_articles
from streams.settings import Settings
from streams.sources.feeds.discover import feeds_in_header, feeds_in_page
from streams.sources.feeds.markup import strip_markup, strip_title
from streams.sources.feeds.parsing.dates import entry_time
from streams.sources.feeds.parsing.html_links import with_absolute_links
from streams.sources.feeds.parsing.model import FeedError
from streams.sources.feeds.parsing.parse import parse_feed
from streams.tag.article import Tagger, tag_article
from streams.text.charset import decode_text
from streams.text.dates import parse_date
from streams.text.urls import canonical_url
from tests.support.builders import clean_article as a_clean_article
from tests.support.builders import enriched_article, raw_article, unique_article

Work = Callable[[str], object]

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

# fmt: off
FRAGMENTS = (
    "x", "A ", "Ab ", "a\n", "a\n\n", " ", "0", "1,", "1:", "'s ", "“", '"', "(", "[", "-", "A-",
    ".", ". ", "?", "&", "&#", "&amp;", "<", "<a", "<a ", "<a href='", "<p>", "<p>a</p>", "<div>",
    "<!--", "<!-- a -->", "<style>", "<script", "<![CDATA[", "<noscript>", "<time>", "<h1>a",
    "<item><title>a</title></item>", "<outline xmlUrl='http://a.test/b'/>", "<a:b>", "a=b ",
    "2024-01-01 ", "January 5, 2024 ", "10:00 ", "LONDON (Reuters) - ", "By A B\n", "ANI. ", "© ",
    "John Smith ", "Orange, ", " and Kern", "Ministry of Foo and ", "the United Nations (UN) ",
    "President Joe Biden said. ", "5% ", "日本", "ก", "e\u0301", "\u0301", "Жа ", "😀",
    "a AND ", "NOT ", '{"a":', '{"title":"a"}\n', "Disallow: /a*\n", "<http://a>; rel=hub, ",
    "a://", "../", "%41", "?a=b&", "\r\n",
)
# fmt: on
"""Pieces of text that are repeated: letters, marks, tags, entities, dates, datelines, bylines."""

_PAGE = (
    '<!doctype html><html lang="en"><head><meta name="author" content="{0}"><title>Rain ends'
    "</title></head><body><article><h1>Rain ends</h1><p>It rained for a week in the harbor "
    "town.</p>{1}</article></body></html>"
)


def counted_lines(work: Work, text: str) -> int:
    """Return the number of lines of Python that a call runs, in our code and in libraries."""
    count = 0

    def trace(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        count += event in {"line", "call"}
        return trace

    former = sys.gettrace()
    sys.settrace(trace)
    try:
        work(text)
    finally:
        sys.settrace(former)
    return count


def counted_calls(work: Work, text: str) -> int:
    """Return the number of calls of functions, in Python and in C, that work on a text makes.

    Counting calls slows the work down three times, counting lines thirty times: so this is for
    texts of megabytes.
    """
    count = 0

    def profile(_: FrameType, event: str, __: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    former = sys.getprofile()
    sys.setprofile(profile)
    try:
        work(text)
    finally:
        sys.setprofile(former)
    return count


LARGE = {
    "paragraphs": "<p>Rain fell on the harbor of Oslo on Monday, said Anna Berg of the port.</p>\n",
    "one paragraph": "Rain fell on the harbor of Oslo on Monday, said Anna Berg of the port. ",
    "links": '<p><a href="/news/1">Rain ends in Oslo after a week</a> and more rain.</p>\n',
    "tables": "<table><tr><td>Oslo</td><td>12 mm</td></tr></table>\n",
    "blocks": "<div><div><span>Rain in Oslo</span></div></div>\n",
}
"""Pieces of which large pages consist."""

STAGES_ON_LARGE_TEXTS = ("clean a page", "clean the fast way", "dedupe", "tag English", "route")
"""The names in `WORKS` of the stages."""


def _tag(tagger: Tagger, language: str) -> Work:
    article = unique_article(language=Language(code=language, confidence=0.9))
    return lambda text: tag_article(
        msgspec.structs.replace(article, text=text, paragraphs=()), tagger
    )


def _clean(content_type: str, wrap: Callable[[str], str], *, cheaply: bool = False) -> Work:
    raw = raw_article(content_type=content_type)
    return lambda text: clean_article(
        msgspec.structs.replace(raw, body=wrap(text).encode("utf-8", "replace")),
        max_page_bytes=8 << 20,
        cheaply=cheaply,
    )


def _dedupe(text: str) -> None:
    memory = empty_memory(Settings())
    for number in range(3):
        article = a_clean_article(
            text=text + " more" * number, url=f"https://a{number}.test/b", paragraphs=(),
            site=Site(name="A", domain=f"a{number}.test"),
        )  # fmt: skip
        dedupe_article(article, memory, origin=Origin("articles.raw.v1", 0, number))


def _route(text: str) -> None:
    facts = article_facts(enriched_article(text=text, paragraphs=()))
    for query in ('"a a"', '"rain a"~3', "ab*", "title:ab OR x", '"1 1" OR 日'):
        evaluate_query(parse_query(query), facts)


def _query(text: str) -> None:
    with suppress(ValueError, UsageError):
        parse_query(text)


def _feed(wrap: Callable[[str], str]) -> Work:
    def parse(text: str) -> None:
        with suppress(FeedError):
            parse_feed(wrap(text).encode("utf-8", "replace"), url="https://a.test/feed")

    return parse


def _json_feed(text: str) -> str:
    item = dict.fromkeys(("id", "url", "title", "content_html", "date_published"), text)
    return orjson.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]}).decode()


def _markup(text: str) -> None:
    strip_markup(text)
    strip_title(text)
    with_absolute_links(text, "https://a.test/")
    feeds_in_page(text, url="https://a.test/")
    feeds_in_header(text, url="https://a.test/")


def _dates(text: str) -> None:
    for spelled in (text, f"2 March 2026 {text}", f"Monday, {text}"):
        parse_date(spelled)
        entry_time(spelled, "it")


def _text(text: str) -> None:
    decode_text(text.encode("utf-16"))
    for url in (text, f"https://{text}", f"https://a.test/{text}"):
        with suppress(ValueError):
            canonical_url(url)


def _opml(text: str) -> None:
    with suppress(UsageError):
        read_opml(f"<opml><body>{text}</body></opml>".encode("utf-8", "replace"))


def _robots(text: str) -> None:
    body = f"User-agent: *\nDisallow: /{text}".encode("utf-8", "replace")
    with suppress(ValueError):
        Protego.parse(_with_product_tokens(body)).can_fetch("https://a.test/b", AGENT)


def _push(text: str) -> None:
    whole = orjson.dumps(dict.fromkeys(("title", "published", "url", "text"), text))
    for body in (text.encode("utf-8", "replace"), whole):
        parse_articles(body, lines=True, source="a", fetched=NOW)


WORKS: dict[str, Callable[[Tagger], Work]] = {
    "clean a text": lambda _: _clean("text/plain", lambda text: text),
    "clean a page": lambda _: _clean("text/html", lambda text: _PAGE.format("", text)),
    "clean a paragraph": lambda _: _clean("text/html", lambda text: _PAGE.format("", f"<p>{text}")),
    "clean an attribute": lambda _: _clean("text/html", lambda text: _PAGE.format(text, "")),
    "clean the fast way": lambda _: _clean(
        "text/html", lambda text: _PAGE.format("", text), cheaply=True
    ),
    "dedupe": lambda _: _dedupe,
    "tag English": lambda tagger: _tag(tagger, "en"),
    "tag Italian": lambda tagger: _tag(tagger, "it"),
    "route": lambda _: _route,
    "parse a query": lambda _: _query,
    "parse a broken feed": lambda _: _feed(lambda text: text),
    "parse RSS": lambda _: _feed(lambda text: f"<rss><channel>{text}</channel></rss>"),
    "parse an entry": lambda _: _feed(
        lambda text: f"<rss><channel><item><title>{text}</title></item></channel></rss>"
    ),
    "parse JSON Feed": lambda _: _feed(_json_feed),
    "parse markup": lambda _: _markup,
    "parse dates": lambda _: _dates,
    "parse URLs and charsets": lambda _: _text,
    "parse OPML": lambda _: _opml,
    "parse robots.txt": lambda _: _robots,
    "parse a push": lambda _: _push,
}
"""Builds of functions that do the work of a stage or parser on one text."""
