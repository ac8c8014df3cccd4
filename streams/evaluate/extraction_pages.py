"""Read labeled pages, and extract the same pages with `clean`."""

import gzip
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson

from streams.clean.article import clean_article
from streams.clean.body.blocks import BLANK_LINE
from streams.clean.body.line_scorer import LineChooser
from streams.errors import UsageError
from streams.outcome import Emit
from streams.records.clean import CleanArticle, ParagraphKind, TimePrecision
from streams.records.identity import article_id
from streams.records.raw import RawArticle
from streams.text.urls import canonical_url


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page with its labels.

    Attributes:
        id: Id of the page in its set.
        url: URL that it was fetched from.
        html: The page.
        title: Headline; empty if not labeled.
        authors: Names of the authors; empty if not labeled.
        date: Publication time as written in the set; empty if not labeled.
        text: Body; empty if not labeled.
    """

    id: str
    url: str
    html: bytes
    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """The extracted fields of a page, and the time taken.

    Attributes:
        id: Id of the page in its set.
        title: Headline.
        authors: Names of the authors.
        date: ISO 8601 time, or day if only the day is known; empty if unknown.
        text: Body, without the standfirst.
        language: Language code, empty if unknown.
        seconds: CPU time.
        problem: Reason if there is no article; empty if there is one.
        summary: The standfirst.
    """

    id: str
    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    text: str = ""
    language: str = ""
    seconds: float = 0.0
    problem: str = ""
    summary: str = ""


def gold_pages(folder: Path) -> Iterator[GoldPage]:
    """Read a set: ``gold.jsonl`` and the pages in ``html/`` that it names.

    Raises:
        UsageError: If the folder does not contain a set.
        OSError: If one of its pages cannot be read.
    """
    index = folder / "gold.jsonl"
    if not index.is_file():
        raise UsageError(f"{index}: no such file; it names the pages of a labeled set")
    with index.open("rb") as lines:
        for line in lines:
            row = orjson.loads(line)
            data = (folder / "html" / row["html"]).read_bytes()
            yield GoldPage(
                id=str(row["id"]),
                url=row.get("url") or "",
                html=gzip.decompress(data) if row["html"].endswith(".gz") else data,
                title=row.get("title") or "",
                authors=tuple(row.get("authors") or ()),
                date=row.get("date") or "",
                text=row.get("text") or "",
            )


def read_page(
    page: GoldPage,
    *,
    max_page_bytes: int,
    fetched: datetime,
    scorer: LineChooser | None = None,
) -> ReadPage:
    """Extract a page with the clean stage, and measure its CPU time.

    Args:
        page: The page.
        max_page_bytes: Largest page.
        fetched: Time before which it was published.
        scorer: What decides about each line; defaults to the trained regression.
    """
    raw = RawArticle(
        id=article_id(url=url_of(page), body=page.html),
        source="evaluation",
        fetched=fetched,
        url=url_of(page),
        body=page.html,
    )
    start = time.process_time()
    outcome = clean_article(raw, max_page_bytes=max_page_bytes, scorer=scorer)
    seconds = time.process_time() - start
    if not isinstance(outcome, Emit):
        return ReadPage(page.id, seconds=seconds, problem=str(outcome.reason))
    article = outcome.record
    return ReadPage(
        id=page.id,
        title=article.title,
        authors=tuple(author.name for author in article.authors),
        date=_date(article),
        text=body_of(article),
        language=article.language.code,
        seconds=seconds,
        summary=article.summary,
    )


def body_of(article: CleanArticle) -> str:
    """Return the text without its summary, since labeled bodies begin below the standfirst."""
    return BLANK_LINE.join(
        article.text[part.start : part.end]
        for part in article.paragraphs
        if part.kind is not ParagraphKind.SUMMARY
    )


def url_of(page: GoldPage) -> str:
    """Return the canonical URL of a page; empty if it has none."""
    try:
        return canonical_url(page.url)
    except ValueError:
        return ""


def _date(article: CleanArticle) -> str:
    published = article.published
    if published.time is None:
        return ""
    if published.precision is TimePrecision.DAY:
        return published.time.date().isoformat()
    return published.time.isoformat()
