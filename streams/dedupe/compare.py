"""Compare an article with a remembered one: equal, near, or unrelated."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from streams.dedupe.alignment import Alignment, align
from streams.dedupe.conversion import are_converted
from streams.dedupe.features import shared_hashes
from streams.dedupe.fingerprint import NAME_MARKS, NUMBER_MARKS, TITLE_MARKS, Fingerprint
from streams.dedupe.headline import differ_in_name, headlines_of, tell_other_stories
from streams.dedupe.minhash import SIG_VERSION, Hashes
from streams.dedupe.sketch import Marks, Sketch, sample_below
from streams.dedupe.template import Facts, facts_of, has_case, has_other_facts, name_words
from streams.records import Memory

THRESHOLD: Final = 0.48
"""Similarity at or above which texts are copies.

References:
    Best F1 of webis-web and copycat together lies at .49 (.87), and stays above .86 from .44 to
    .49; chosen in five-fold cross-validation it gives .86. `streams evaluate duplicates`,
    2026-11-22.
"""

HEADLINE_HORIZON: Final = timedelta(hours=1)
"""Time within which two equal headlines without a text are duplicates.

References:
    Reuters-21578, 1,799 items without a body, 24 titles that occur more than once: the wire's own
    repeats are at most 28 minutes apart (14 of 14), events of other days ("FED SETS 1.5 BILLION
    DLR CUSTOMER REPURCHASE") at least 24 hours; measured 2026-11-22.
"""

PASSAGE_WORDS: Final = 150
"""Length in words of the passage that is looked up in the other text: a paragraph or two."""

MIDDLE: Final = (0.3, 0.7)
"""Start and end of the middle of a text, as shares of its length. The parts before and after it
often belong to the site and not to the article."""

PASSAGE_MARKS: Final = 12
"""Smallest number of sampled shingles by which a passage is judged."""

CONTAINED: Final = 0.9
LONGER: Final = 0.9
"""A copy is called shortened when it has less than `LONGER` of the other text's words, extended in
the opposite case; both require that the longer text has at least `CONTAINED` of the shorter one's
shingles. This project's choice."""

SAME_NUMBERS: Final = 0.8
SAME_TITLE: Final = 0.67
SAME_NAMES: Final = 0.5
FEW_NUMBERS: Final = 0.95
FEW_NAMES: Final = 0.8
REPORT_GAP: Final = timedelta(hours=12)
TABLE_GAP: Final = timedelta(hours=1)
TABLE_NUMBERS: Final = 0.25
MOSTLY_NUMBERS: Final = 0.5
SAME_TABLE: Final = 0.9
"""See `is_another_report`."""

RESPELLED: Final = 1
"""Largest number of names that a copy with converted numbers has in another spelling."""

UNITS: Final = 0.5
"""Share of the places with other numbers in which another unit stands beside the number, from which
on the numbers may be converted. In reports of one template the units are the same."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Similarity of two texts, as three measures of equal weight, and their containment.

    Attributes:
        whole: Jaccard similarity of the shingles of both texts.
        middle: Jaccard similarity of their middle parts, without the site's text around the
            article.
        passage: Of the passage of 150 words that is least shared, the share that the other text
            has anywhere. Edits of a copy are spread over the text; a different article has a
            passage of its own.
        containment: Share of the shingles of one text that the other has, the larger of both.
    """

    whole: float
    middle: float
    passage: float
    containment: float

    @property
    def similarity(self) -> float:
        """The mean of whole, middle and passage, from 0 to 1; 1 for the same text."""
        return (self.whole + self.middle + self.passage) / 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """Relation of an article to the remembered article that it repeats.

    Attributes:
        method: ``exact`` (same title and text), ``same_text`` (another title), ``same_headline``
            (both have no text), ``near``, ``shortened`` or ``extended``.
        similarity: From 0 to 1.
        containment: Share of the shorter text that the longer one contains.
        evidence: The figures, as a text for people.
    """

    method: str
    similarity: float
    containment: float
    evidence: str


def compare_exact(article: Fingerprint, known: Memory) -> Comparison:
    """Return in which way two articles with the same key are equal."""
    if not known.words:
        return Comparison("same_headline", 1.0, 1.0, "same headline, neither has a text")
    if article.title_hash == known.title_hash:
        return Comparison("exact", 1.0, 1.0, f"same title and the same {known.words} words")
    return Comparison("same_text", 1.0, 1.0, f"the same {known.words} words under another title")


def likeness(
    article: Fingerprint, known: Memory, *, boilerplate: Hashes | None = None
) -> Likeness | None:
    """Measure the similarity of two texts.

    The article's text is complete; of the remembered text only a sketch is
    available. For texts of up to 386 words the result is exact.

    Args:
        article: Fingerprint of the article to judge.
        known: The remembered article.
        boilerplate: Shingles that do not count; defaults to none.

    Returns:
        ``None`` when one of the texts is too short or was signed by another
        scheme.

    References:
        Measured on 611 pairs judged by people (webis-web, copycat), 2026-11-22: average precision
        of the Jaccard similarity of 3-word shingles .921, of these three measures .942; best F1
        .837 and .872. Containment is no evidence for a copy there: of the 38 pairs below the
        threshold in which one text contains 90 % of the other, 35 are not copies.
    """
    if known.sig_version != SIG_VERSION or not known.signature or not len(article.shingles):
        return None
    return likeness_to_sketch(
        article.shingles, Sketch.from_bytes(known.signature), boilerplate=boilerplate
    )


def likeness_to_sketch(
    shingles: Hashes, sketch: Sketch, *, boilerplate: Hashes | None = None
) -> Likeness | None:
    """Measure the similarity of a text and a sketch; ``None`` when a sample is empty."""
    mine, other = sample_below(shingles, sketch.limit), sketch.marks
    if boilerplate is not None and len(boilerplate):
        left_out = sample_below(boilerplate, sketch.limit)
        mine, other = (marks[~np.isin(marks, left_out)] for marks in (mine, other))
    if not len(mine) or not len(other):
        return None
    shared_mine, shared_other = np.isin(mine, other), np.isin(other, mine)
    span = max(PASSAGE_MARKS, round(PASSAGE_WORDS * len(other) / sketch.shingles))
    return Likeness(
        whole=_jaccard(mine, other),
        middle=_jaccard(_middle(mine), _middle(other)),
        passage=min(_least_shared(shared_mine, span), _least_shared(shared_other, span)),
        containment=float(max(shared_mine.mean(), shared_other.mean())),
    )


def compare_near(
    article: Fingerprint,
    known: Memory,
    *,
    time: datetime,
    agency: str,
    threshold: float,
    boilerplate: Hashes | None = None,
) -> Comparison | None:
    """Return how near two texts are; ``None`` when they are not near.

    Args:
        article: Fingerprint of the article to judge.
        known: The remembered article.
        time: Event time of the article.
        agency: News agency that the article credits. A text of the same agency counts as a copy
            below the threshold if one text contains the other: it may have been cut.
        threshold: Similarity at or above which texts are near.
        boilerplate: Shingles that do not count, see `streams.dedupe.boilerplate`.
    """
    like = likeness(article, known, boilerplate=boilerplate)
    if like is None:
        return None
    is_cut = bool(agency) and agency == known.agency and like.containment >= CONTAINED
    if like.similarity < threshold and not is_cut:
        return None
    alignment = align(article.shingles, Sketch.from_bytes(known.signature))
    facts = facts_of(article, alignment)
    is_converted = has_converted_numbers(article, known, facts)
    if is_another_report(article, known, time=time, like=like, is_converted=is_converted):
        return None
    if not is_converted and has_other_facts(article, known, facts):
        return None
    if has_other_headline(article, known, alignment):
        return None
    evidence = (
        f"similarity {like.similarity:.2f} (whole {like.whole:.2f}, middle {like.middle:.2f}, "
        f"least shared passage {like.passage:.2f}), containment {like.containment:.2f}"
    )
    method = _near_method(len(article.words), known.words, like.containment)
    return Comparison(method, like.similarity, like.containment, evidence)


def has_other_headline(article: Fingerprint, known: Memory, alignment: Alignment) -> bool:
    """Return whether the headlines say that two texts share a template, or boilerplate, only."""
    headlines = headlines_of(article, known, alignment)
    names = name_words(article) if has_case(article) else frozenset()
    return differ_in_name(headlines, names) or tell_other_stories(headlines, alignment)


def has_converted_numbers(article: Fingerprint, known: Memory, facts: Facts) -> bool:
    """Return whether two texts have the same names, and the same figures in other units."""
    if facts.names > RESPELLED or not facts.unit_slots >= max(1, UNITS * facts.number_slots):
        return False
    names = shared_hashes(article.name_marks, known.name_marks, size=NAME_MARKS)
    return _shared(names) >= FEW_NAMES and are_converted(article.number_values, known.number_values)


def is_another_report(
    article: Fingerprint,
    known: Memory,
    *,
    time: datetime,
    like: Likeness,
    is_converted: bool = False,
) -> bool:
    """Return whether an article is a different report in the same words, and not a copy.

    Different numbers or names alone are no evidence: pages contain counters
    and times, readers' names and teasers. Different numbers are evidence when
    half a day lies between the articles; numbers and names are evidence when
    the headlines differ as well. In a table of prices the numbers are the
    report: different numbers an hour later are enough, and where most words
    are numbers, any difference that is not slight.

    Numbers that were converted to other units are the same numbers.

    References:
        Reuters-21578, 60 of 384 near texts read on 2026-11-22: 22 were the report of another week
        or another company ("FED ADDS RESERVES", "MONY FUNDING ISSUES 125 MLN DLR EUROBOND").
        Different numbers find 19 of them and reject none of the 38 copies. Of the 20 remaining
        pairs with different headlines and less than .85 of the names in common, the last rule
        finds 8 bond issues and rejects 4 rewritten reports by mistake. On webis-web and copycat,
        which have neither times nor headlines, numbers alone would reject 39 copies and 10 others.
    """
    numbers, names, title = (
        shared_hashes(mine, others, size=size)
        for mine, others, size in (
            (article.number_marks, known.number_marks, NUMBER_MARKS),
            (article.name_marks, known.name_marks, NAME_MARKS),
            (article.title_marks, known.title_marks, TITLE_MARKS),
        )
    )
    common, mine, others = title
    if known.title_spellings:
        spelled = article.title_spellings, known.title_spellings
        common, mine, others = shared_hashes(*spelled, size=TITLE_MARKS)
    has_other_title = bool(mine and others) and common < SAME_TITLE * (mine + others - common)
    has_other_numbers = _shared(numbers) < SAME_NUMBERS and not is_converted
    if has_other_title:
        has_few = _shared(numbers) < FEW_NUMBERS and not is_converted
        differs_in_both = has_few and _shared(names) <= FEW_NAMES
        return has_other_numbers or _shared(names) < SAME_NAMES or differs_in_both
    if within(time, known.time, TABLE_GAP):
        return False
    share = article.number_share
    if share > MOSTLY_NUMBERS and like.similarity < SAME_TABLE:
        return True
    gap = TABLE_GAP if share > TABLE_NUMBERS else REPORT_GAP
    return has_other_numbers and not within(time, known.time, gap)


def _shared(sets: tuple[int, int, int]) -> float:
    common, mine, others = sets
    return common / min(mine, others) if mine and others else 1.0


def within(time: datetime, other: datetime, horizon: timedelta) -> bool:
    """Return whether two event times are at most a horizon apart; symmetric."""
    return abs(time - other) <= horizon


def _near_method(words: int, known_words: int, containment: float) -> str:
    if containment < CONTAINED:
        return "near"
    if words < LONGER * known_words:
        return "shortened"
    return "extended" if known_words < LONGER * words else "near"


def _jaccard(left: Marks, right: Marks) -> float:
    left, right = np.unique(left), np.unique(right)
    common = len(np.intersect1d(left, right, assume_unique=True))
    return common / max(1, len(left) + len(right) - common)


def _middle(marks: Marks) -> Marks:
    start, end = (int(len(marks) * part) for part in MIDDLE)
    return marks[start : max(start + 1, end)]


def _least_shared(is_shared: npt.NDArray[np.bool_], span: int) -> float:
    """Return the smallest shared part of any passage of a length, as a share from 0 to 1."""
    if len(is_shared) <= span:
        return float(is_shared.mean())
    sums = np.cumsum(is_shared, dtype=np.int64)
    before = np.concatenate(([0], sums[:-span]))
    return float((sums[span - 1 :] - before).min()) / span
