"""Articles in order through `dedupe`: what is merged, and what of edited copies."""

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

EDITED: Final = 0.05
"""Share of the words of an article that are edited before it comes a second time."""

_WORDS: Final = 200_000
"""So many words of the stream stand ready to be put in the place of others."""

_WORD = re.compile(r"(\s+)")

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_RAW: Final = "articles.raw.v1"


@dataclass(frozen=True, slots=True)
class Repeat:
    """An article of a stream, and the earlier one that it was found to repeat."""

    article: DuplicateArticle
    original: CleanArticle


def read_stream(path: Path) -> Iterator[CleanArticle]:
    """Read articles in their order: JSON lines with ``id``, ``title``, ``text``, ``published``.

    Raises:
        UsageError: If a line is no such article.
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
    """A stream on its way through the stage, in one or more passes.

    Attributes:
        counts: Articles by decision and rule.
        repeats: Every duplicate with what it repeats.
    """

    def __init__(self, *, threshold: float = THRESHOLD) -> None:
        """Start with nothing seen."""
        self.counts: Counter[str] = Counter()
        self.repeats: list[Repeat] = []
        self._memories = ArticleMemory(horizon=HORIZON, max_articles=1_000_000, threshold=threshold)
        self._seen: dict[str, CleanArticle] = {}
        self._sent = 0

    def send(self, article: CleanArticle) -> str:
        """Send one article through the stage.

        Returns:
            The id of its group when it is a duplicate; empty else.
        """
        origin = Origin(_RAW, 0, self._sent)
        self._sent += 1
        record = dedupe_article(article, self._memories, origin=origin).outcome.record
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
        """Name the group of an article that was sent."""
        known = self._memories.get(article.id)
        return known.group_id if known else ""


@dataclass(kw_only=True)
class ResendReport:
    """What became of articles that came a second time, edited, under other ids.

    Attributes:
        articles: How many came.
        recognized: How many of them were merged into the group of their first coming.
        merged_elsewhere: How many were merged into another group.
        texts: How many have a text that is long enough to be near another.
        texts_recognized: How many of these were merged into the right group.
    """

    articles: int = 0
    recognized: int = 0
    merged_elsewhere: int = 0
    texts: int = 0
    texts_recognized: int = 0

    def count(self, article: CleanArticle, *, group: str, right: str) -> None:
        """Count one article and where it went."""
        is_right, is_text = group == right != "", len(tokens(article.text)) >= NEAR_WORDS
        self.articles += 1
        self.recognized += is_right
        self.merged_elsewhere += bool(group) and not is_right
        self.texts += is_text
        self.texts_recognized += is_text and is_right


def send_again(
    stream: Stream, articles: Sequence[CleanArticle], *, share: float = EDITED
) -> ResendReport:
    """Send articles a second time, each with a share of its words edited.

    Args:
        stream: That they went through before.
        articles: As they were then.
        share: Of the words of each; they are replaced by words of the stream, the same every time.
    """
    chance = random.Random(5)  # noqa: S311  # the same edits every time
    words = [word for article in articles for word in article.text.split()][:_WORDS] or [""]
    again = ResendReport()
    for article in articles:
        edited_ = edit_article(article, chance, words, share=share)
        group = stream.send(edited_)
        again.count(article, group=group, right=stream.group_of(article))
    return again


def edit_article(
    article: CleanArticle, chance: random.Random, words: Sequence[str], *, share: float
) -> CleanArticle:
    """Replace a share of the words of a text, and give the article another id and source.

    Examples:
        >>> text = "Rain fell on Paris."
        >>> id_ = "0" * 8 + "-0000-0000-0000-" + "0" * 12
        >>> article = CleanArticle(id=id_, source="x", fetched=_EPOCH, text=text)
        >>> edit_article(article, random.Random(1), ["Rome"], share=0.25).text
        'Rain Rome on Paris.'
    """
    parts = _WORD.split(article.text)
    places = range(0, len(parts), 2) if parts[0] else range(2, len(parts), 2)
    for place in chance.sample(places, round(share * len(places))):
        parts[place] = chance.choice(words)
    source = f"{article.source}, again"
    id_ = article_id(source=source, external_id=article.id)
    return replace(article, id=id_, url="", source=source, text="".join(parts))


def merges_of(repeats: Sequence[Repeat], count: int) -> list[dict[str, Any]]:
    """Draw merges to be read, the same every time: ids, titles, kind, how near, how long after.

    What the same article said before is no merge and is left out.
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
    """Say how long after its original an article came."""
    return event_time(repeat.article) - event_time(repeat.original)


def _time(value: object) -> datetime | None:
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    if not value:
        return None
    time = datetime.fromisoformat(str(value))
    return time if time.tzinfo else time.replace(tzinfo=UTC)
