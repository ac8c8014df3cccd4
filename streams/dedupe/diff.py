"""Show how similar two articles are and which words differ: for people, not for decisions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeVar

from streams.dedupe.evidence import evidence_of, shared_text
from streams.dedupe.fingerprint import Fingerprint, fingerprint_of
from streams.dedupe.likeness import Likeness, likeness, likeness_to_sketch
from streams.dedupe.memory.record import memory_record
from streams.dedupe.model import reasons_of, shipped_model
from streams.dedupe.sketch import sketch_of
from streams.records import Answer, Change, CleanArticle, DuplicateArticle, Revision, event_time

_MOST_WORDS: Final = 2_000
"""Longest passage that is compared word by word: the time grows with the square of its length."""

_CONTEXT_WORDS: Final = 4
"""Number of equal words shown before a difference, so that a reader finds the position."""

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference:
    """A passage in which two texts differ.

    Attributes:
        same_before: Number of equal words before the passage.
        before: The last of these words, at most four.
        left: The words of the first text; may be empty.
        right: The words of the second text; may be empty.
    """

    same_before: int
    before: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class ArticleDiff:
    """Similarity of two articles and the passages in which they differ.

    Attributes:
        same_title: Whether the titles have the same words.
        same_text: Whether the texts have the same words.
        likeness: Similarity of the texts; ``None`` when one is too short to be near.
        differences: The passages that differ, in the order of the texts.
        reasons: What speaks for and against a copy, in words, the weightiest first.
    """

    same_title: bool
    same_text: bool
    likeness: Likeness | None
    differences: tuple[Difference, ...]
    reasons: tuple[str, ...] = ()


def compared_with(record: CleanArticle) -> str:
    """Return the id of the article that a record was compared with.

    An original that arrived after its copies has its own id in
    ``duplicate_of``; its receipt names the copy it was compared with.

    Returns:
        Empty for new articles and where nothing differs.
    """
    if not isinstance(record, DuplicateArticle):
        return ""
    if record.change is Change.COPY:
        return record.duplicate_of
    if record.change is Change.UNCHANGED:
        return record.id if record.method == "older_version" else ""
    evidence = [receipt.evidence for receipt in record.receipts if receipt.stage == "dedupe"]
    return next(iter(_ID.findall(" ".join(evidence))[-1:]), "")


def diff_articles(left: CleanArticle, right: CleanArticle) -> ArticleDiff:
    """Return the similarity of two articles and the words that differ.

    Examples:
        >>> from datetime import UTC, datetime
        >>> day = datetime(2026, 1, 2, tzinfo=UTC)
        >>> id_ = "0" * 8 + "-0000-0000-0000-" + "0" * 12
        >>> first, second = (
        ...     CleanArticle(id=id_, source="x", fetched=day, title="Rain", text=text)
        ...     for text in ("Rain fell on Paris.", "Rain fell on old Rome.")
        ... )
        >>> diff_articles(first, second).differences
        (Difference(same_before=3, before='rain fell on', left='paris', right='old rome'),)
    """
    first, second = fingerprint_of(left), fingerprint_of(right)
    whole = sketch_of(second.shingles, size=max(1, len(second.shingles)))
    return ArticleDiff(
        same_title=first.title_words == second.title_words,
        same_text=first.words == second.words,
        likeness=likeness_to_sketch(first.shingles, whole),
        differences=tuple(_differences(first, second)),
        reasons=_reasons(left, right),
    )


def _reasons(left: CleanArticle, right: CleanArticle) -> tuple[str, ...]:
    """Return why the second article is a copy, as far as the texts say it; boilerplate counts."""
    article, answer = (
        fingerprint_of(right),
        Answer(origin="", group_id=left.id, revision=Revision()),
    )
    known = memory_record(left, fingerprint_of(left), answer, known=None, latest=None)
    like = likeness(article, known)
    if like is None or article.words == fingerprint_of(left).words:
        return ()
    evidence = evidence_of(
        article, known, like, shared_text(article, known, like), time=event_time(right)
    )
    return tuple(reasons_of(evidence, shipped_model()))


def _differences(first: Fingerprint, second: Fingerprint) -> Iterator[Difference]:
    same: list[str] = []
    for left, right in _passages(first.sentences, second.sentences):
        lefts, rights = _words_of(left), _words_of(right)
        if lefts == rights:
            same += lefts
            continue
        if max(len(lefts), len(rights)) > _MOST_WORDS:
            parts: Iterator[tuple[Sequence[str], Sequence[str]]] = iter([(lefts, rights)])
        else:
            parts = _passages(lefts, rights)
        for mine, others in parts:
            if mine == others:
                same += mine
            else:
                before = " ".join(same[-_CONTEXT_WORDS:])
                yield Difference(len(same), before, " ".join(mine), " ".join(others))
                same = []


def _passages(left: Sequence[T], right: Sequence[T]) -> Iterator[tuple[Sequence[T], Sequence[T]]]:
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for _, start, end, other_start, other_end in matcher.get_opcodes():
        yield left[start:end], right[other_start:other_end]


def _words_of(sentences: Sequence[tuple[str, ...]]) -> list[str]:
    return [word for sentence in sentences for word in sentence]
