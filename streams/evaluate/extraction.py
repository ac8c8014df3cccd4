"""Labelled pages in, how well `clean` reads them out: body, title, date, authors, speed."""

import gzip
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any, Final
from unicodedata import normalize

import orjson

from schemas.clean import CleanArticle, ParagraphKind, TimePrecision
from schemas.identity import article_id
from schemas.raw import RawArticle
from streams.clean.article import clean_article
from streams.clean.block import BLANK_LINE
from streams.clean.moment import read_moment
from streams.clean.url import canonical_url
from streams.outcome import Emit

SHINGLE_TOKENS: Final = 4
"""As in scrapinghub/article-extraction-benchmark, whose scorer this is, written anew."""

_TOKEN: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A page and what people found in it.

    Attributes:
        id: Of the page in its set.
        url: Where it was fetched.
        html: The page.
        title: Headline; empty if not labelled.
        authors: Who signed; empty if not labelled.
        date: Publication time as written in the set; empty if not labelled.
        text: Body; empty if not labelled.
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
    """What was read in a page, and how long that took.

    Attributes:
        id: Of the page in its set.
        title: Headline.
        authors: Who signed.
        date: ISO 8601; the day only where only that is known; empty if unknown.
        text: Body, without the standfirst.
        language: Code, empty if unknown.
        seconds: CPU time.
        problem: Why there is no article; empty if there is one.
    """

    id: str
    title: str = ""
    authors: tuple[str, ...] = ()
    date: str = ""
    text: str = ""
    language: str = ""
    seconds: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PageScores:
    """How well one page was read; a field without gold is null.

    Attributes:
        precision: Share of the read body's shingles that are in the gold's.
        recall: Share of the gold body's shingles that were read.
        title: Whether the titles are equal after NFKC and white space.
        contained: Whether one title contains the other.
        date: Whether the days are equal, in the gold's offset.
        authors: F1 of the two sets of names.
    """

    precision: float | None = None
    recall: float | None = None
    title: bool | None = None
    contained: bool | None = None
    date: bool | None = None
    authors: float | None = None

    @property
    def body(self) -> float | None:
        """F1 of the one page's body."""
        if self.precision is None or self.recall is None:
            return self.precision if self.recall is None else self.recall
        return harmonic(self.precision, self.recall)


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of a whole set.

    Attributes:
        pages: Read and scored, in the order of the set.
        languages: Language to its number of pages and mean F1 of their bodies.
    """

    pages: tuple[tuple[GoldPage, ReadPage, PageScores], ...]
    languages: dict[str, tuple[int, float]] = field(default_factory=dict)


def gold_pages(folder: Path) -> Iterator[GoldPage]:
    """Read a set: ``gold.jsonl`` and the pages it names in ``html/``.

    Raises:
        OSError: If the folder or one of its files cannot be read.
    """
    with (folder / "gold.jsonl").open("rb") as lines:
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


def read_page(page: GoldPage, *, max_page_bytes: int, fetched: datetime) -> ReadPage:
    """Read a page as the stage does, and time it."""
    raw = RawArticle(
        id=article_id(url=_url(page.url), body=page.html),
        source="evaluation",
        fetched=fetched,
        url=_url(page.url),
        body=page.html,
    )
    start = time.process_time()
    outcome = clean_article(raw, max_page_bytes=max_page_bytes)
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
    )


def body_of(article: CleanArticle) -> str:
    """Give the text without its summary: labelled bodies begin below the standfirst."""
    return BLANK_LINE.join(
        article.text[part.start : part.end]
        for part in article.paragraphs
        if part.kind is not ParagraphKind.SUMMARY
    )


def score_page(gold: GoldPage, read: ReadPage) -> PageScores:
    """Compare what was read with what is there."""
    precision, recall = body_scores(gold.text, read.text) if gold.text else (None, None)
    one, other = normal_title(read.title), normal_title(gold.title)
    return PageScores(
        precision=precision,
        recall=recall,
        title=one == other if other else None,
        contained=bool(one) and (one in other or other in one) if other else None,
        date=same_day(gold.date, read.date) if gold.date else None,
        authors=author_f1(gold.authors, read.authors) if gold.authors else None,
    )


def body_scores(gold: str, read: str) -> tuple[float | None, float | None]:
    """Give precision and recall of a body's 4-token shingles, counted with repetition.

    Precision is null when nothing was read: the page then counts in recall only.

    References:
        scrapinghub/article-extraction-benchmark, ``evaluate.py``.

    Examples:
        >>> body_scores("a b c d e", "a b c d x")
        (0.5, 0.5)
        >>> body_scores("a b c d", "")
        (None, 0.0)
    """
    there, found = shingles(gold), shingles(read)
    hits = (there & found).total()
    precision = hits / found.total() if found else None
    return precision, hits / there.total() if there else None


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count the 4-token shingles of a text; a shorter text is one shingle.

    Examples:
        >>> shingles("a b")
        Counter({('a', 'b'): 1})
    """
    tokens = _TOKEN.findall(text)
    n = max(1, len(tokens) - SHINGLE_TOKENS + 1)
    counted = Counter(tuple(tokens[i : i + SHINGLE_TOKENS]) for i in range(n))
    del counted[()]
    return counted


def normal_title(title: str) -> str:
    """Spell a title as it is compared: NFKC, single spaces.

    Examples:
        >>> normal_title(" a\u00a0 b")
        'a b'
    """
    return " ".join(normalize("NFKC", title).split())


def same_day(gold: str, read: str) -> bool:
    """Tell whether two times fall on the same day in the first one's offset.

    Examples:
        >>> same_day("2026-01-18 00:30:00+01:00", "2026-01-17T23:30:00+00:00")
        True
        >>> same_day("2026-01-18 00:30:00+01:00", "2026-01-18")
        True
    """
    if read[:10] == gold[:10] and len(read) == len("2026-01-18"):
        return True
    there, found = read_moment(gold), read_moment(read)
    if there is None or found is None:
        return False
    if found.precision is TimePrecision.DAY:
        return found.time.date() == there.time.date()
    return found.time.astimezone(there.time.tzinfo).date() == there.time.date()


def author_f1(gold: Iterable[str], read: Iterable[str]) -> float:
    """Give the F1 of two sets of names, compared after NFKC, white space and case.

    Examples:
        >>> author_f1(["Ann Example", "dpa"], ["Ann  Example"])
        0.6666666666666666
    """
    there = {normal_title(name).casefold() for name in gold}
    found = {normal_title(name).casefold() for name in read}
    hits = len(there & found)
    return 2 * hits / (len(there) + len(found)) if there or found else 1.0


def evaluate(folder: Path, *, max_page_bytes: int, fetched: datetime | None = None) -> Report:
    """Read and score every page of a set."""
    when = fetched or datetime.now(UTC) + timedelta(days=1)
    pages = []
    for gold in gold_pages(folder):
        read = read_page(gold, max_page_bytes=max_page_bytes, fetched=when)
        pages.append((gold, read, score_page(gold, read)))
    by_language: dict[str, list[float]] = {}
    for _, read, scores in pages:
        if scores.body is not None:
            by_language.setdefault(read.language or "und", []).append(scores.body)
    languages = {code: (len(f1s), fmean(f1s)) for code, f1s in sorted(by_language.items())}
    return Report(tuple(pages), languages)


def summary(report: Report) -> dict[str, Any]:
    """Sum a report up, in the shape that ``streams evaluate extraction --json`` prints.

    Precision and recall are means over pages, F1 is that of the means; a field
    without gold in the set is null.
    """
    scores = [page[2] for page in report.pages]
    reads = [page[1] for page in report.pages]
    precision = _mean(s.precision for s in scores)
    recall = _mean(s.recall for s in scores)
    f1 = harmonic(precision or 0.0, recall or 0.0) if recall is not None else None
    seconds = sum(read.seconds for read in reads)
    slowest = max(reads, key=lambda read: read.seconds, default=None)
    return {
        "pages": len(reads),
        "body": {"precision": precision, "recall": recall, "f1": f1} if f1 is not None else None,
        "title": _pair(scores),
        "date": _mean(s.date for s in scores),
        "authors": _only("f1", _mean(s.authors for s in scores)),
        "languages": {code: {"pages": n, "f1": f1} for code, (n, f1) in report.languages.items()},
        "pages_per_second": round(len(reads) / seconds, 1) if seconds else None,
        "slowest": {"id": slowest.id, "seconds": round(slowest.seconds, 3)} if slowest else None,
        "errors": sum(bool(read.problem) for read in reads),
    }


def page_rows(report: Report) -> Iterator[bytes]:
    """Write each page's results as one JSON line: what was read, and its scores."""
    for _, read, scores in report.pages:
        row = {
            "id": read.id,
            "title": read.title,
            "authors": read.authors,
            "date": read.date,
            "text": read.text,
            "language": read.language,
            "problem": read.problem,
            "scores": {
                "body": scores.body,
                "title": scores.title,
                "date": scores.date,
                "authors": scores.authors,
            },
        }
        yield orjson.dumps(row)


def changes(old: Iterable[bytes], new: Iterable[bytes]) -> list[tuple[str, str, float, float]]:
    """List the scores that differ between two saved runs: id, field, before, after; worst first."""
    before = {row["id"]: row["scores"] for row in map(orjson.loads, old)}
    found = []
    for row in map(orjson.loads, new):
        for name, after in row["scores"].items():
            was = before.get(row["id"], {}).get(name)
            if was is not None and after is not None and abs(float(after) - float(was)) > 1e-9:  # noqa: PLR2004
                found.append((row["id"], name, float(was), float(after)))
    return sorted(found, key=lambda change: change[3] - change[2])


def harmonic(precision: float, recall: float) -> float:
    """Give the F1 of a precision and a recall.

    Examples:
        >>> harmonic(0.5, 0.5)
        0.5
    """
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def _mean(values: Iterable[float | None]) -> float | None:
    known = [float(value) for value in values if value is not None]
    return round(fmean(known), 4) if known else None


def _pair(scores: list[PageScores]) -> dict[str, float | None] | None:
    exact = _mean(s.title for s in scores)
    return (
        None
        if exact is None
        else {"exact": exact, "containment": _mean(s.contained for s in scores)}
    )


def _only(name: str, value: float | None) -> dict[str, float] | None:
    return None if value is None else {name: value}


def _url(url: str) -> str:
    try:
        return canonical_url(url)
    except ValueError:
        return ""


def _date(article: CleanArticle) -> str:
    published = article.published
    if published.time is None:
        return ""
    if published.precision is TimePrecision.DAY:
        return published.time.date().isoformat()
    return published.time.isoformat()
