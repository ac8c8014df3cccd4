"""What is there and what was read in, how near the two are out: body, title, date, authors."""

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
"""As in scrapinghub/article-extraction-benchmark, whose scorer this is, written anew."""

_TOKEN: Final = re.compile(r"\w+")


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
    there, found = parse_date(gold), parse_date(read)
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


def harmonic(precision: float, recall: float) -> float:
    """Give the F1 of a precision and a recall.

    Examples:
        >>> harmonic(0.5, 0.5)
        0.5
    """
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0
