"""Score `dedupe` on pairs of texts that people judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from streams.dedupe.article import dedupe_article
from streams.dedupe.compare import THRESHOLD
from streams.dedupe.features import tokens
from streams.dedupe.fingerprint import fingerprint_of
from streams.dedupe.likeness import likeness
from streams.dedupe.memory.memory import ArticleMemory
from streams.dedupe.minhash import shingle_hashes
from streams.dedupe.model import Model
from streams.errors import UsageError
from streams.evaluate.jsonl import json_rows
from streams.evaluate.metrics import (
    average_precision,
    best_threshold,
    cross_validated_f1,
    f1_at,
    precision_recall_f1,
)
from streams.records.clean import CleanArticle, event_time
from streams.records.duplicate import DuplicateArticle
from streams.records.identity import article_id
from streams.records.record import Origin

HORIZON: Final = timedelta(days=14)
"""As in the settings; the two texts of a pair have the same time."""

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_RAW: Final = "articles.raw.v1"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts and whether people judged them near-duplicates.

    Attributes:
        id: Name of the pair.
        a: The text that comes first.
        b: The text that is judged.
        is_copy: Whether ``b`` is a near-duplicate of ``a``.
        a_title: Headline of ``a``; may be empty.
        b_title: Headline of ``b``; may be empty.
        hours: Time between the publication of both.
    """

    id: str
    a: str
    b: str
    is_copy: bool
    a_title: str = ""
    b_title: str = ""
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The decision of `dedupe` about a pair.

    Attributes:
        pair: The pair; its texts may be long.
        score: Similarity from 0 to 1; 0 if the index did not find the first text.
        verdict: Whether the second text was judged a copy of the first.
        method: Rule of the judgement; empty if the second text is no copy.
        likeness: Similarity computed without the index.
        floor: Exact Jaccard similarity of the 3-word shingles, the baseline for any method.
    """

    pair: Pair
    score: float
    verdict: bool
    method: str
    likeness: float
    floor: float


def read_pairs(path: Path) -> Iterator[Pair]:
    """Read judged pairs: JSON lines with ``id``, ``a``, ``b`` and ``label``.

    Lines may have ``a_title``, ``b_title`` and ``hours``, the time between both.

    Raises:
        UsageError: If a line is not such a pair.
    """
    for number, row in enumerate(json_rows(path), 1):
        try:
            yield Pair(
                str(row["id"]),
                row["a"],
                row["b"],
                is_copy=bool(int(row["label"])),
                a_title=str(row.get("a_title") or ""),
                b_title=str(row.get("b_title") or ""),
                hours=float(row.get("hours") or 0),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"{path}, line {number}: not a pair with id, a, b and label: {error}"
            ) from error


def articles_of(pair: Pair) -> tuple[CleanArticle, CleanArticle]:
    """Return the texts of a pair as articles of two sources."""
    later = _EPOCH + timedelta(hours=pair.hours)
    sides = (
        ("a", pair.a_title, pair.a, _EPOCH),
        ("b", pair.b_title, pair.b, later),
    )
    first, second = (
        CleanArticle(
            id=article_id(url=f"https://{side}.test/"),
            source=side,
            fetched=time,
            title=title,
            text=text,
        )
        for side, title, text, time in sides
    )
    return first, second


def judge(pair: Pair, *, threshold: float = THRESHOLD, model: Model | None = None) -> Judgement:
    """Run the stage on both texts, one after the other, with an otherwise empty memory.

    Args:
        pair: The pair.
        threshold: Setting `dedupe_threshold`.
        model: Weights of the evidence; defaults to the shipped ones.
    """
    first, second = articles_of(pair)
    memory = ArticleMemory(horizon=HORIZON, max_articles=1000, threshold=threshold, model=model)
    dedupe_article(first, memory, origin=Origin(_RAW, 0, 0))
    stored = memory.get(first.id)
    assert stored is not None  # noqa: S101  # the stage has just stored it
    second_print, time = fingerprint_of(second), event_time(second)
    is_same = bool(memory.equal_articles(second_print, time))
    like = likeness(second_print, stored)
    similarity = 1.0 if is_same else like.similarity if like else 0.0
    is_found = is_same or bool(memory.candidates(second_print, time))
    record = dedupe_article(second, memory, origin=Origin(_RAW, 0, 1)).outcome.record
    is_copy = isinstance(record, DuplicateArticle)
    return Judgement(
        pair=pair,
        score=similarity if is_found else 0.0,
        verdict=is_copy,
        method=record.receipts[-1].rule if is_copy else "",
        likeness=similarity,
        floor=_jaccard(pair.a, pair.b),
    )


def summary(
    judgements: Mapping[str, Sequence[Judgement]], *, threshold: float = THRESHOLD
) -> dict[str, Any]:
    """Score the verdicts of all files together, and of each file.

    Args:
        judgements: Judgements by name of the file.
        threshold: Threshold that the verdicts were made with.
    """
    together = [item for items in judgements.values() for item in items]
    files = {name: scores(items, threshold=threshold) for name, items in judgements.items()}
    return {**scores(together, threshold=threshold), "files": files}


def scores(items: Sequence[Judgement], *, threshold: float) -> dict[str, Any]:
    """Return precision, recall and F1 of the verdicts and average precision of the scores.

    Also returns, for information: the best threshold of this set, F1 with a
    threshold found on four fifths and applied to the fifth, the share of near
    pairs that the index finds, and the best scores of the floor.
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
