"""Find candidates for the publication time of a page, feed entry or text."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from streams.clean.candidates import Candidate
from streams.clean.html.json_ld import Node, text_of
from streams.clean.html.page import Page
from streams.records.clean import TimePrecision
from streams.text.dates import ParsedDate, parse_date

FUTURE_TOLERANCE: Final = timedelta(days=1)
"""A local time read as UTC can be 14 hours ahead; a day also allows for a wrong clock."""

ZONE_TOLERANCE: Final = timedelta(minutes=2)
"""How far apart two places write the same time: seconds cut off, a minute later in the feed."""

_PUBLISHED_META: Final = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "article.published", "publishdate", "publish-date", "publish_date", "pubdate", "date_published",
    "parsely-pub-date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "sailthru.date",
    "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date",
    "dcterms.date", "citation_publication_date", "article:post_date", "displaydate", "date",
    "article_date_original", "originalpublicationdate", "rnews:datepublished", "created",
    "datecreated", "article.created", "vr:published_time", "last-publish-date", "ptime",
)  # fmt: skip
"""Names of meta elements, in order of trust; from htmldate 1.11 and the pages of fundus-dev."""

_MODIFIED_META: Final = (
    "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified",
    "lastmod", "last-modified", "dcterms.modified", "dc.date.modified", "revised",
)  # fmt: skip

_URL_DAY: Final = re.compile(
    r"(?<!\d)((?:19|20)\d{2})[/_-](0?[1-9]|1[0-2])[/_-](0?[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)"
)


def publication_candidates(page: Page, node: Node, *, url: str) -> Iterator[Candidate[ParsedDate]]:
    """Yield the publication times that a page declares, the most trustworthy place first."""
    language = page.language
    for key, trust in (
        ("datePublished", 0.95),
        ("dateCreated", 0.6),
        ("uploadDate", 0.5),
        ("coverageStartTime", 0.5),
    ):
        yield from _parse(text_of(node.get(key)), "json-ld", trust, language)
    for index, name in enumerate(_PUBLISHED_META):
        trust = 0.9 if index < 2 else 0.8  # noqa: PLR2004
        yield from _parse(page.first(name), "meta", trust, language)
    yield from url_day_candidates(url)


def url_day_candidates(url: str) -> Iterator[Candidate[ParsedDate]]:
    """Yield the day in the path of a URL.

    Examples:
        >>> [c.value.time.day for c in url_day_candidates("https://news.test/2026/01/18/rain")]
        [18]
    """
    match = _URL_DAY.search(url.partition("://")[2].partition("/")[2].partition("?")[0])
    if match:
        year, month, day = (group for group in match.groups() if group)
        yield from _parse(f"{year}-{int(month):02}-{int(day):02}", "url", 0.7, "")


def modification_candidates(page: Page, node: Node) -> Iterator[Candidate[ParsedDate]]:
    """Yield the times of the last change that a page declares."""
    yield from _parse(text_of(node.get("dateModified")), "json-ld", 0.9, page.language)
    yield from _parse(page.first(*_MODIFIED_META), "meta", 0.8, page.language)


def supplied_time_candidates(
    text: str, source: str, language: str = ""
) -> Iterator[Candidate[ParsedDate]]:
    """Yield the time that the source supplied with the body, if it can be parsed.

    Args:
        text: The time as written.
        source: Name of the place, for the provenance.
        language: Language that the page declares, as a tag; empty if none.
    """
    yield from _parse(text, source, 0.85, language)


def is_possible(date: ParsedDate, *, fetched: datetime) -> bool:
    """Return whether an article fetched at ``fetched`` can have this publication date.

    Examples:
        >>> from datetime import UTC
        >>> late = parse_date("2099-01-01")
        >>> is_possible(late, fetched=datetime(2026, 1, 1, tzinfo=UTC))
        False
    """
    return date.time <= fetched + FUTURE_TOLERANCE


def is_same_time(one: ParsedDate, other: ParsedDate) -> bool:
    """Return whether two places mean the same time.

    Days are compared if one place has only the day. Otherwise times within 15 minutes are the
    same. If one of them has no zone, they are the same if a zone can be the difference: quarters of
    an hour up to 14 hours, give or take two minutes.

    Examples:
        >>> is_same_time(parse_date("2026-01-18"), parse_date("2026-01-18T09:00:00Z"))
        True
        >>> local = parse_date("2026-01-18 09:00")
        >>> [is_same_time(local, parse_date(f"2026-01-18T00:{m}:00Z")) for m in ("00", "07")]
        [True, False]
    """
    if TimePrecision.DAY in {one.precision, other.precision}:
        return one.time.date() == other.time.date()
    if one.zoned and other.zoned:
        return abs(one.time - other.time) <= timedelta(minutes=15)
    difference = abs(one.time - other.time)
    if difference <= timedelta(minutes=15):
        return True
    beyond = difference % timedelta(minutes=15)
    is_offset = min(beyond, timedelta(minutes=15) - beyond) <= ZONE_TOLERANCE
    return is_offset and difference <= timedelta(hours=14) + ZONE_TOLERANCE


def exactness(date: ParsedDate) -> tuple[bool, bool]:
    """Return what makes one of several times that mean the same the best: its zone, its clock.

    Examples:
        >>> exactness(parse_date("2026-01-18T09:00Z")), exactness(parse_date("2026-01-18"))
        ((True, True), (False, False))
    """
    return date.zoned, date.precision is not TimePrecision.DAY


def _parse(text: str, source: str, trust: float, language: str) -> Iterator[Candidate[ParsedDate]]:
    date = parse_date(text, language=language) if text else None
    if date is not None:
        yield Candidate(date, source, trust)
