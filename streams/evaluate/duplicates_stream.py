"""Send a stream of articles, and edited copies of them, through `dedupe`, and count the merges."""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from streams.dedupe.article import dedupe_article
from streams.dedupe.compare import THRESHOLD
from streams.dedupe.diff import compared_with
from streams.dedupe.features import tokens
from streams.dedupe.fingerprint import NEAR_WORDS
from streams.dedupe.memory.memory import ArticleMemory
from streams.errors import UsageError
from streams.evaluate.duplicates import HORIZON
from streams.evaluate.jsonl import json_rows
from streams.records.clean import CleanArticle, PublicationTime, TimePrecision, event_time
from streams.records.duplicate import Change, DuplicateArticle
from streams.records.identity import article_id
from streams.records.record import Origin

EDITED_SHARE: Final = 0.05
"""Share of an article's words that are edited before it is sent a second time."""

_MAX_WORDS: Final = 200_000
"""Largest number of the stream's words that are kept as replacements."""

_WORD = re.compile(r"(\s+)")

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_RAW: Final = "articles.raw.v1"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A duplicate in a stream, and the earlier article that it repeats."""

    article: DuplicateArticle
    original: CleanArticle


def read_stream(path: Path) -> Iterator[CleanArticle]:
    """Read articles in order: JSON lines with ``id``, ``title``, ``text``, ``published``.

    Raises:
        UsageError: If a line is not such an article.
    """
    time = _EPOCH
    for number, row in enumerate(json_rows(path), 1):
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


class Stream:
    """Sends articles through the stage, in one or more passes, and counts its decisions.

    Args:
        threshold: Similarity at which the stage judges two texts near-duplicates.

    Attributes:
        counts: Number of articles by decision and rule.
        repeats: Every duplicate with the article that it repeats.
    """

    def __init__(self, *, threshold: float = THRESHOLD) -> None:
        self.counts: Counter[str] = Counter()
        self.repeats: list[Repeat] = []
        self._memory = ArticleMemory(horizon=HORIZON, max_articles=1_000_000, threshold=threshold)
        self._seen: dict[str, CleanArticle] = {}
        self._sent = 0

    def send(self, article: CleanArticle) -> str:
        """Send one article through the stage.

        Returns:
            The id of its group if it is a duplicate, else an empty string.
        """
        origin = Origin(_RAW, 0, self._sent)
        self._sent += 1
        record = dedupe_article(article, self._memory, origin=origin).outcome.record
        receipt = record.receipts[-1]
        self.counts[f"{receipt.decision}: {receipt.rule}"] += 1
        other = self._seen.get(compared_with(record) or record.id)
        self._seen[article.id] = article
        if not isinstance(record, DuplicateArticle):
            return ""
        if other is not None:
            self.repeats.append(Repeat(record, other))
        return record.group_id

    def group_of(self, article: CleanArticle) -> str:
        """Return the group of an article that was sent; empty if it is unknown."""
        stored = self._memory.get(article.id)
        return stored.group_id if stored else ""


@dataclass(kw_only=True)
class ResendReport:
    """Counts of articles that were sent a second time, edited, under other ids.

    Attributes:
        articles: Articles sent.
        recognized: Those merged into the group of the original.
        merged_elsewhere: Those merged into another group.
        texts: Articles with a text that is long enough for near-duplicates.
        texts_recognized: Those of ``texts`` merged into the group of the original.
    """

    articles: int = 0
    recognized: int = 0
    merged_elsewhere: int = 0
    texts: int = 0
    texts_recognized: int = 0

    def count(self, article: CleanArticle, *, group: str, right: str) -> None:
        """Count one article by its group and the right one."""
        is_right, is_text = group == right != "", len(tokens(article.text)) >= NEAR_WORDS
        self.articles += 1
        self.recognized += is_right
        self.merged_elsewhere += bool(group) and not is_right
        self.texts += is_text
        self.texts_recognized += is_text and is_right


def send_again(
    stream: Stream, articles: Sequence[CleanArticle], *, share: float = EDITED_SHARE
) -> ResendReport:
    """Send articles a second time, each with a share of its words edited.

    Args:
        stream: The stream that has received the articles.
        articles: The unedited articles.
        share: Share of each article's words that is replaced by words of the stream; the
            edits are the same every time.
    """
    chance = random.Random(5)  # noqa: S311  # the same edits every time
    words = [word for article in articles for word in article.text.split()][:_MAX_WORDS] or [""]
    report = ResendReport()
    for article in articles:
        edited = edit_article(article, chance, words, share=share)
        group = stream.send(edited)
        report.count(article, group=group, right=stream.group_of(article))
    return report


def edit_article(
    article: CleanArticle, chance: random.Random, words: Sequence[str], *, share: float
) -> CleanArticle:
    """Return an article with another id and source, and a share of its words replaced.

    Examples:
        >>> text = "Rain fell on Paris."
        >>> id_ = "0" * 8 + "-0000-0000-0000-" + "0" * 12
        >>> article = CleanArticle(id=id_, source="x", fetched=_EPOCH, text=text)
        >>> edit_article(article, random.Random(1), ["Rome"], share=0.25).text
        'Rain Rome on Paris.'
    """
    parts = _WORD.split(article.text)
    indexes = range(0, len(parts), 2) if parts[0] else range(2, len(parts), 2)
    for index in chance.sample(indexes, round(share * len(indexes))):
        parts[index] = chance.choice(words)
    source = f"{article.source}, again"
    id_ = article_id(source=source, external_id=article.id)
    return replace(article, id=id_, url="", source=source, text="".join(parts))


def merges_of(repeats: Sequence[Repeat], count: int) -> list[dict[str, Any]]:
    """Return a sample of merges for review, the same every time.

    Each has ids, titles, method, similarity, containment and delay. An unchanged revision of the
    same article is not a merge and is left out.
    """
    chance = random.Random(6)  # noqa: S311  # the same sample every time
    merged = [item for item in repeats if item.article.change is not Change.UNCHANGED]
    sample = chance.sample(range(len(merged)), min(count, len(merged)))
    return [_merge_as_json(merged[at]) for at in sorted(sample)]


def _merge_as_json(repeat: Repeat) -> dict[str, Any]:
    return {
        "id": repeat.article.id,
        "duplicate_of": repeat.original.id,
        "method": repeat.article.method,
        "similarity": repeat.article.similarity,
        "containment": repeat.article.containment,
        "seconds_after": distance(repeat).total_seconds(),
        "title": repeat.article.title,
        "other_title": repeat.original.title,
    }


def distance(repeat: Repeat) -> timedelta:
    """Return the time between an original and its duplicate."""
    return event_time(repeat.article) - event_time(repeat.original)


def _time(value: object) -> datetime | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if not value:
        return None
    time = datetime.fromisoformat(str(value))
    return time if time.tzinfo else time.replace(tzinfo=UTC)
