"""Score `clean` on labeled pages: body, title, date, authors, speed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import fmean
from typing import Any

import orjson

from streams.evaluate.extraction_pages import (
    GoldPage,
    ReadPage,
    body_of,
    gold_pages,
    read_page,
)
from streams.evaluate.extraction_scores import (
    SHINGLE_TOKENS,
    PageScores,
    author_f1,
    body_scores,
    harmonic,
    normal_title,
    same_day,
    score_page,
    shingles,
)

__all__ = [
    "SHINGLE_TOKENS",
    "GoldPage",
    "PageScores",
    "ReadPage",
    "Report",
    "author_f1",
    "body_of",
    "body_scores",
    "changes",
    "evaluate",
    "gold_pages",
    "harmonic",
    "normal_title",
    "page_rows",
    "read_page",
    "report_of",
    "same_day",
    "score_page",
    "shingles",
    "summary",
]


@dataclass(frozen=True, slots=True)
class Report:
    """Scores of a set.

    Attributes:
        pages: Labels, extracted fields and scores of each page, in the order of the set.
        languages: Language to its number of pages and mean F1 of their bodies.
    """

    pages: tuple[tuple[GoldPage, ReadPage, PageScores], ...]
    languages: dict[str, tuple[int, float]] = field(default_factory=dict)


def evaluate(folder: Path, *, max_page_bytes: int, fetched: datetime | None = None) -> Report:
    """Extract and score every page of a set."""
    when = fetched or datetime.now(UTC) + timedelta(days=1)
    pages = []
    for gold in gold_pages(folder):
        read = read_page(gold, max_page_bytes=max_page_bytes, fetched=when)
        pages.append((gold, read, score_page(gold, read)))
    return report_of(pages)


def report_of(pages: Iterable[tuple[GoldPage, ReadPage, PageScores]]) -> Report:
    """Return a report of scored pages, with the means of each language."""
    scored = tuple(pages)
    by_language: dict[str, list[float]] = {}
    for _, read, scores in scored:
        if scores.body is not None:
            by_language.setdefault(read.language or "und", []).append(scores.body)
    languages = {code: (len(f1s), fmean(f1s)) for code, f1s in sorted(by_language.items())}
    return Report(scored, languages)


def summary(report: Report) -> dict[str, Any]:
    """Summarize a report in the format of ``streams evaluate extraction --json``.

    Precision and recall are means over pages, F1 is that of the means; a field
    without labels in the set is None.
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
    """Yield each page's extracted fields and scores as one JSON line."""
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
    """Return the scores that changed between two runs: id, field, before, after; worst first."""
    before = {row["id"]: row["scores"] for row in map(orjson.loads, old)}
    result = []
    for row in map(orjson.loads, new):
        for name, after in row["scores"].items():
            was = before.get(row["id"], {}).get(name)
            if was is not None and after is not None and abs(float(after) - float(was)) > 1e-9:  # noqa: PLR2004
                result.append((row["id"], name, float(was), float(after)))
    return sorted(result, key=lambda change: change[3] - change[2])


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
