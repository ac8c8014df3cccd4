"""Pairs that people judged in, how well `dedupe` judges them out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from streams.dedupe.article import dedupe_article
from streams.dedupe.compare import THRESHOLD, likeness
from streams.dedupe.features import tokens
from streams.dedupe.fingerprint import fingerprint
from streams.dedupe.memory.memory import ArticleMemory
from streams.dedupe.minhash import shingle_hashes
from streams.errors import UsageError
from streams.evaluate.jsonl import json_rows
from streams.evaluate.metrics import (
    average_precision,
    best_threshold,
    cross_validated_f1,
    f1_at,
    precision_recall_f1,
)
from streams.records.clean import CleanArticle
from streams.records.duplicate import DuplicateArticle
from streams.records.identity import article_id
from streams.records.record import Origin

HORIZON: Final = timedelta(days=14)
"""As in the settings; the two texts of a pair are of one time."""

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_RAW: Final = "articles.raw.v1"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, and whether people call them near-duplicates."""

    id: str
    a: str
    b: str
    is_copy: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What `dedupe` says of a pair.

    Attributes:
        pair: The pair; its texts may be long.
        score: Similarity from 0 to 1; 0 when the index did not bring the texts together.
        verdict: Whether the second text became a copy of the first.
        method: How; empty when it did not.
        likeness: Similarity as it is without the index.
        floor: Jaccard similarity of the 3-word shingles, exact: what any method has to beat.
    """

    pair: Pair
    score: float
    verdict: bool
    method: str
    likeness: float
    floor: float


def read_pairs(path: Path) -> Iterator[Pair]:
    """Read judged pairs: JSON lines with ``id``, ``a``, ``b`` and ``label``.

    Raises:
        UsageError: If a line is no such pair.
    """
    for number, row in enumerate(json_rows(path), 1):
        try:
            yield Pair(str(row["id"]), row["a"], row["b"], bool(int(row["label"])))
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"{path}, line {number}: not a pair with id, a, b and label: {error}"
            ) from error


def judge(pair: Pair, *, threshold: float = THRESHOLD) -> Judgement:
    """Let the stage see both texts, one after the other, with nothing else in its memory."""
    first, second = (
        CleanArticle(
            id=article_id(url=f"https://{side}.test/"), source=side, fetched=_EPOCH, text=t
        )
        for side, t in (("a", pair.a), ("b", pair.b))
    )
    memories = ArticleMemory(horizon=HORIZON, max_articles=1000, threshold=threshold)
    dedupe_article(first, memories, origin=Origin(_RAW, 0, 0))
    known = memories.get(first.id)
    assert known is not None  # noqa: S101  # it was just remembered
    print_ = fingerprint(second)
    is_same = bool(memories.same(print_, _EPOCH))
    like = likeness(print_, known)
    similarity = 1.0 if is_same else like.similarity if like else 0.0
    is_found = is_same or bool(memories.candidates(print_, _EPOCH))
    answer = dedupe_article(second, memories, origin=Origin(_RAW, 0, 1)).outcome.record
    is_copy = isinstance(answer, DuplicateArticle)
    return Judgement(
        pair=pair,
        score=similarity if is_found else 0.0,
        verdict=is_copy,
        method=answer.receipts[-1].rule if is_copy else "",
        likeness=similarity,
        floor=_jaccard(pair.a, pair.b),
    )


def summary(
    judgements: Mapping[str, Sequence[Judgement]], *, threshold: float = THRESHOLD
) -> dict[str, Any]:
    """Score the verdicts of all files together, and of each.

    Args:
        judgements: By name of the file.
        threshold: The one that the verdicts were made with.
    """
    together = [item for items in judgements.values() for item in items]
    files = {name: scores(items, threshold=threshold) for name, items in judgements.items()}
    return {**scores(together, threshold=threshold), "files": files}


def scores(items: Sequence[Judgement], *, threshold: float) -> dict[str, Any]:
    """Give precision, recall and F1 of the verdicts and average precision of the scores.

    Beside them, for information: the best threshold of this set, F1 with a
    threshold found on four fifths and applied to the fifth, the share of near
    pairs that the index finds, and what the floor reaches at its best.
    """
    labels = [item.pair.is_copy for item in items]
    values = [item.score for item in items]
    floors = [item.floor for item in items]
    near = [item for item in items if item.likeness >= threshold]
    best, floor_best = best_threshold(labels, values), best_threshold(labels, floors)
    precision, recall, f1 = precision_recall_f1(labels, [item.verdict for item in items])
    return {
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "average_precision": average_precision(labels, values),
        "threshold": threshold,
        "pairs": len(items),
        "information": {
            "best_threshold": best,
            "f1_at_best": f1_at(labels, values, best),
            "f1_cross_validated": cross_validated_f1(labels, values),
            "index_recall": sum(item.score > 0 for item in near) / max(1, len(near)),
            "jaccard_average_precision": average_precision(labels, floors),
            "jaccard_best_threshold": floor_best,
            "jaccard_f1_at_best": f1_at(labels, floors, floor_best),
        },
    }


def _jaccard(one: str, other: str) -> float:
    first, second = (set(shingle_hashes(tokens(text)).tolist()) for text in (one, other))
    return len(first & second) / max(1, len(first | second))
