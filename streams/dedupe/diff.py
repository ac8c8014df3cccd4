"""Two articles to how alike they are and which words differ: for people, not for decisions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeVar

from streams.dedupe.compare import Likeness, likeness_to_sketch
from streams.dedupe.fingerprint import Fingerprint, fingerprint
from streams.dedupe.sketch import sketch_of
from streams.records import Change, CleanArticle, DuplicateArticle

_MOST_WORDS: Final = 2_000
"""A longer stretch is not compared word by word: that would take its square."""

_CONTEXT_WORDS: Final = 4
"""So many of the equal words before a difference are given, to find the place."""

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference:
    """A stretch of words that the two texts do not share.

    Attributes:
        same_before: How many equal words stand before it.
        before: The last of them, four at most.
        left: What stands in the first text; may be empty.
        right: What stands in the second text; may be empty.
    """

    same_before: int
    before: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class ArticleDiff:
    """How two articles stand to each other.

    Attributes:
        same_title: Whether the titles have the same words.
        same_text: Whether the texts have the same words.
        likeness: How alike the texts are as a whole; none when one is too short to be near.
        differences: What differs, in the order of the texts.
    """

    same_title: bool
    same_text: bool
    likeness: Likeness | None
    differences: tuple[Difference, ...]


def compared_with(record: CleanArticle) -> str:
    """Name the article that one was compared with; empty for new ones and where nothing differs.

    An original that came after its copies repeats itself by name; the receipt
    says with which of them it was compared.
    """
    if not isinstance(record, DuplicateArticle):
        return ""
    if record.change is Change.COPY:
        return record.duplicate_of
    if record.change is Change.UNCHANGED:
        return record.id if record.method == "older_version" else ""
    evidence = [receipt.evidence for receipt in record.receipts if receipt.stage == "dedupe"]
    return next(iter(_ID.findall(" ".join(evidence))[-1:]), "")


def diff_articles(one: CleanArticle, other: CleanArticle) -> ArticleDiff:
    """Say how two articles are alike and which words differ.

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
    first, second = fingerprint(one), fingerprint(other)
    whole = sketch_of(second.shingles, size=max(1, len(second.shingles)))
    return ArticleDiff(
        same_title=first.title_words == second.title_words,
        same_text=first.words == second.words,
        likeness=likeness_to_sketch(first.shingles, whole),
        differences=tuple(_differences(first, second)),
    )


def _differences(one: Fingerprint, other: Fingerprint) -> Iterator[Difference]:
    same: list[str] = []
    for left, right in _stretches(one.sentences, other.sentences):
        lefts, rights = _joined(left), _joined(right)
        if lefts == rights:
            same += lefts
            continue
        if max(len(lefts), len(rights)) > _MOST_WORDS:
            parts: Iterator[tuple[Sequence[str], Sequence[str]]] = iter([(lefts, rights)])
        else:
            parts = _stretches(lefts, rights)
        for mine, others in parts:
            if mine == others:
                same += mine
            else:
                before = " ".join(same[-_CONTEXT_WORDS:])
                yield Difference(len(same), before, " ".join(mine), " ".join(others))
                same = []


def _stretches(one: Sequence[T], other: Sequence[T]) -> Iterator[tuple[Sequence[T], Sequence[T]]]:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for _, start, end, other_start, other_end in matcher.get_opcodes():
        yield one[start:end], other[other_start:other_end]


def _joined(sentences: Sequence[tuple[str, ...]]) -> list[str]:
    return [word for sentence in sentences for word in sentence]
