"""Compare an article with a remembered one: equal, near, or unrelated."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from streams.dedupe.boilerplate import Boilerplate
from streams.dedupe.evidence import evidence_of, shared_text
from streams.dedupe.fingerprint import Fingerprint
from streams.dedupe.likeness import likeness
from streams.dedupe.model import THRESHOLD, Model, shipped_model
from streams.records import Memory

__all__ = ["THRESHOLD", "Comparison", "compare_exact", "compare_near"]

HEADLINE_HORIZON: Final = timedelta(hours=1)
"""Time within which two equal headlines without a text are duplicates.

References:
    Reuters-21578, 1,799 items without a body, 24 titles that occur more than once: the wire's own
    repeats are at most 28 minutes apart (14 of 14), events of other days ("FED SETS 1.5 BILLION
    DLR CUSTOMER REPURCHASE") at least 24 hours; measured 2026-11-22.
"""

CONTAINED: Final = 0.9
LONGER: Final = 0.9
"""A copy is called shortened when it has less than `LONGER` of the other text's words, extended in
the opposite case; both require that the longer text has at least `CONTAINED` of the shorter one's
shingles. This project's choice."""


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


def compare_near(
    article: Fingerprint,
    known: Memory,
    *,
    time: datetime,
    agency: str,
    threshold: float,
    boilerplate: Boilerplate | None = None,
    model: Model | None = None,
) -> Comparison | None:
    """Return how near two texts are; ``None`` when they are not copies.

    Args:
        article: Fingerprint of the article to judge.
        known: The remembered article.
        time: Event time of the article.
        agency: News agency that the article credits. A text of the same agency counts as one at
            the threshold if one text contains the other: it may have been cut.
        threshold: Similarity at which copies begin where all else is equal.
        boilerplate: Sentences that do not count, see `streams.dedupe.boilerplate`.
        model: Weights of the evidence; defaults to the shipped ones.
    """
    model = model or shipped_model()
    like = likeness(article, known, boilerplate=boilerplate.shingles if boilerplate else None)
    if like is None:
        return None
    repeated = boilerplate.digests if boilerplate else frozenset()
    text = shared_text(article, known, like, repeated=repeated)
    if agency and agency == known.agency and like.containment >= CONTAINED:
        text = replace(text, similarity=max(threshold, text.similarity))
    if model.score(text, threshold=threshold) < 0:
        return None
    score = model.score(evidence_of(article, known, like, text, time=time), threshold=threshold)
    if score < 0:
        return None
    evidence = (
        f"similarity {like.similarity:.2f} (whole {like.whole:.2f}, middle {like.middle:.2f}, "
        f"least shared passage {like.passage:.2f}), containment {like.containment:.2f}, "
        f"score {score:.1f}"
    )
    method = _near_method(len(article.words), known.words, like.containment)
    return Comparison(method, like.similarity, like.containment, evidence)


def _near_method(words: int, known_words: int, containment: float) -> str:
    if containment < CONTAINED:
        return "near"
    if words < LONGER * known_words:
        return "shortened"
    return "extended" if known_words < LONGER * words else "near"
