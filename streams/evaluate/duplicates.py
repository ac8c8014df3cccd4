"""Pairs that people judged in, how well `dedupe` judges them out; and counts over a stream."""

import gzip
import lzma
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final, cast

import orjson

from schemas.clean import CleanArticle, PublicationTime, TimePrecision, event_time
from schemas.duplicate import DuplicateArticle
from schemas.identity import article_id
from schemas.record import Origin
from streams.dedupe.article import dedupe_article
from streams.dedupe.compare import THRESHOLD, likeness
from streams.dedupe.fingerprint import fingerprint
from streams.dedupe.memory import Memories
from streams.dedupe.signature import shingle_hashes
from streams.dedupe.text import tokens
from streams.errors import UsageError

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
    for number, row in enumerate(_rows(path), 1):
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
    memories = Memories(horizon=HORIZON, max_articles=1000, threshold=threshold)
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
            "f1_at_best": _f1_at(labels, values, best),
            "f1_cross_validated": cross_validated_f1(labels, values),
            "index_recall": sum(item.score > 0 for item in near) / max(1, len(near)),
            "jaccard_average_precision": average_precision(labels, floors),
            "jaccard_best_threshold": floor_best,
            "jaccard_f1_at_best": _f1_at(labels, floors, floor_best),
        },
    }


def precision_recall_f1(
    labels: Sequence[bool], verdicts: Sequence[bool]
) -> tuple[float, float, float]:
    """Compare verdicts with labels.

    Examples:
        >>> precision_recall_f1([True, True, False], [True, False, False])
        (1.0, 0.5, 0.6666666666666666)
    """
    hits = sum(label and verdict for label, verdict in zip(labels, verdicts, strict=True))
    found, there = sum(verdicts), sum(labels)
    return (
        hits / found if found else 0.0,
        hits / there if there else 0.0,
        2 * hits / (found + there) if found + there else 0.0,
    )


def average_precision(labels: Sequence[bool], values: Sequence[float]) -> float:
    """Average the precision over the ranks of all copies; what has one score has one rank.

    Examples:
        >>> average_precision([True, False, True], [0.9, 0.5, 0.1])
        0.8333333333333333
        >>> average_precision([True, False], [0.5, 0.5])
        0.5
    """
    total, hits, seen = 0.0, 0, 0
    there = Counter(value for value, label in zip(values, labels, strict=True) if label)
    all_ = Counter(values)
    for value in sorted(all_, reverse=True):
        hits, seen = hits + there[value], seen + all_[value]
        total += there[value] * hits / seen
    return total / max(1, sum(labels))


def best_threshold(labels: Sequence[bool], values: Sequence[float]) -> float:
    """Find the threshold with the best F1.

    Examples:
        >>> best_threshold([True, True, False], [0.9, 0.6, 0.2])
        0.6
    """
    return max(sorted(set(values)), key=lambda value: _f1_at(labels, values, value), default=0.0)


def cross_validated_f1(labels: Sequence[bool], values: Sequence[float], *, folds: int = 5) -> float:
    """Give F1 when each fifth is judged by the threshold that is best for the other four."""
    verdicts = [False] * len(labels)
    for fold in range(folds):
        rest = [at for at in range(len(labels)) if at % folds != fold]
        threshold = best_threshold([labels[at] for at in rest], [values[at] for at in rest])
        for at in range(fold, len(labels), folds):
            verdicts[at] = values[at] >= threshold
    return precision_recall_f1(labels, verdicts)[2]


@dataclass(frozen=True, slots=True)
class Repeat:
    """An article of a stream that repeats an earlier one."""

    article: DuplicateArticle
    original: CleanArticle


def read_stream(path: Path) -> Iterator[CleanArticle]:
    """Read articles in their order: JSON lines with ``id``, ``title``, ``text``, ``published``.

    Raises:
        UsageError: If a line is no such article.
    """
    time = _EPOCH
    for number, row in enumerate(_rows(path), 1):
        try:
            published = _time(row.get("published"))
            time = published or time
            yield CleanArticle(
                id=article_id(
                    url=row.get("url") or "", source=path.name, external_id=str(row["id"])
                ),
                source=path.name,
                url=row.get("url") or "",
                fetched=time,
                title=row["title"],
                text=row["text"],
                published=PublicationTime(
                    time=published,
                    precision=TimePrecision.SECOND if published else TimePrecision.UNKNOWN,
                ),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"{path}, line {number}: not an article with id, title and text: {error}"
            ) from error


def run_stream(
    articles: Iterable[CleanArticle], *, threshold: float = THRESHOLD
) -> tuple[Counter[str], list[Repeat]]:
    """Send a stream through the stage: counts by kind, and every repeat with its original."""
    memories = Memories(horizon=HORIZON, max_articles=1_000_000, threshold=threshold)
    counts: Counter[str] = Counter()
    seen: dict[str, CleanArticle] = {}
    repeats: list[Repeat] = []
    for offset, article in enumerate(articles):
        record = dedupe_article(article, memories, origin=Origin(_RAW, 0, offset)).outcome.record
        receipt = record.receipts[-1]
        counts[f"{receipt.decision}: {receipt.rule}"] += 1
        if isinstance(record, DuplicateArticle):
            repeats.append(Repeat(record, seen[record.duplicate_of]))
        seen[article.id] = article
    return counts, repeats


def distance(repeat: Repeat) -> timedelta:
    """Say how long after its original an article came."""
    return event_time(repeat.article) - event_time(repeat.original)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with _opened(path) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise UsageError(f"{path}, line {number}: not JSON: {error}") from error
            if not isinstance(row, dict):
                raise UsageError(f"{path}, line {number}: not a JSON object")
            yield row


def _opened(path: Path) -> IO[bytes]:
    if path.suffix == ".xz":
        return lzma.open(path)
    if path.suffix == ".gz":
        return cast("IO[bytes]", gzip.open(path))
    return path.open("rb")


def _time(value: object) -> datetime | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if not value:
        return None
    time = datetime.fromisoformat(str(value))
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _f1_at(labels: Sequence[bool], values: Sequence[float], threshold: float) -> float:
    return precision_recall_f1(labels, [value >= threshold for value in values])[2]


def _jaccard(one: str, other: str) -> float:
    first, second = (set(shingle_hashes(tokens(text)).tolist()) for text in (one, other))
    return len(first & second) / max(1, len(first | second))
