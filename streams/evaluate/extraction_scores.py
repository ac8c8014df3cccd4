"""Compare extracted fields with labels: body, title, date, authors."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from streams.evaluate.extraction_pages import GoldPage, ReadPage
from streams.records.clean import TimePrecision
from streams.text.dates import parse_date

SHINGLE_TOKENS: Final = 4
"""As in scrapinghub/article-extraction-benchmark, whose scorer this module reimplements."""

_TOKEN: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class PageScores:
    """Scores of one page; a field without a label is None.

    Attributes:
        precision: Share of the extracted body's shingles that are in the gold body.
        recall: Share of the gold body's shingles that were extracted.
        title: Whether the titles are equal after normalizing by NFKC and white space.
        contained: Whether one title contains the other.
        date: Whether the days are equal, in the offset of the label.
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
        """F1 of the page's body."""
        if self.precision is None or self.recall is None:
            return self.precision if self.recall is None else self.recall
        return harmonic(self.precision, self.recall)


def score_page(gold: GoldPage, read: ReadPage) -> PageScores:
    """Score the extracted fields of a page against its labels."""
    precision, recall = body_scores(gold.text, read.text) if gold.text else (None, None)
    title, label = normal_title(read.title), normal_title(gold.title)
    return PageScores(
        precision=precision,
        recall=recall,
        title=title == label if label else None,
        contained=bool(title) and (title in label or label in title) if label else None,
        date=same_day(gold.date, read.date) if gold.date else None,
        authors=author_f1(gold.authors, read.authors) if gold.authors else None,
    )


def body_scores(gold: str, read: str) -> tuple[float | None, float | None]:
    """Return precision and recall of a body's 4-token shingles, counted with repetition.

    Precision is None if nothing was extracted: the page then counts in recall only.

    References:
        scrapinghub/article-extraction-benchmark, ``evaluate.py``.

    Examples:
        >>> body_scores("a b c d e", "a b c d x")
        (0.5, 0.5)
        >>> body_scores("a b c d", "")
        (None, 0.0)
    """
    expected, actual = shingles(gold), shingles(read)
    hits = (expected & actual).total()
    precision = hits / actual.total() if actual else None
    return precision, hits / expected.total() if expected else None


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Count the 4-token shingles of a text; a shorter text is one shingle.

    Examples:
        >>> shingles("a b")
        Counter({('a', 'b'): 1})
    """
    found = tokens(text)
    n = max(1, len(found) - SHINGLE_TOKENS + 1)
    counts = Counter(tuple(found[i : i + SHINGLE_TOKENS]) for i in range(n))
    del counts[()]
    return counts


def tokens(text: str) -> list[str]:
    """Return the words of a text.

    Examples:
        >>> tokens("Rain, again.")
        ['Rain', 'again']
    """
    return _TOKEN.findall(text)


def normal_title(title: str) -> str:
    """Return a title in the form that is compared: NFKC, single spaces.

    Examples:
        >>> normal_title(" a\u00a0 b")
        'a b'
    """
    return " ".join(normalize("NFKC", title).split())


def same_day(gold: str, read: str) -> bool:
    """Return whether two times fall on the same day in the offset of the first.

    Examples:
        >>> same_day("2026-01-18 00:30:00+01:00", "2026-01-17T23:30:00+00:00")
        True
        >>> same_day("2026-01-18 00:30:00+01:00", "2026-01-18")
        True
    """
    if read[:10] == gold[:10] and len(read) == len("2026-01-18"):
        return True
    expected, actual = parse_date(gold), parse_date(read)
    if expected is None or actual is None:
        return False
    if actual.precision is TimePrecision.DAY:
        return actual.time.date() == expected.time.date()
    return actual.time.astimezone(expected.time.tzinfo).date() == expected.time.date()


def author_f1(gold: Iterable[str], read: Iterable[str]) -> float:
    """Return the F1 of two sets of names, compared after NFKC, white space and case.

    Examples:
        >>> author_f1(["Ann Example", "dpa"], ["Ann  Example"])
        0.6666666666666666
    """
    expected = {normal_title(name).casefold() for name in gold}
    actual = {normal_title(name).casefold() for name in read}
    hits = len(expected & actual)
    return 2 * hits / (len(expected) + len(actual)) if expected or actual else 1.0


def harmonic(precision: float, recall: float) -> float:
    """Return the F1 of a precision and a recall.

    Examples:
        >>> harmonic(0.5, 0.5)
        0.5
    """
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0
