"""Recognize copies and revisions among the articles of one process."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from streams.clean.metadata.language import detect_language
from streams.dedupe.article import dedupe_article
from streams.dedupe.compare import THRESHOLD
from streams.dedupe.memory.memory import ArticleMemory
from streams.errors import UsageError
from streams.library.page import SOURCE, sound
from streams.records import (
    CleanArticle,
    DuplicateArticle,
    Origin,
    PublicationTime,
    TimePrecision,
    UniqueArticle,
    article_id,
    event_time,
)
from streams.records.topics import RAW

HORIZON: Final = timedelta(days=14)
"""The default of the setting ``dedupe_horizon_days``."""

MAX_ARTICLES: Final = 100_000
"""A tenth of what the pipeline remembers: up to 0.7 GB (7 KB an article measured, 2026-12)."""

LOWEST: Final = 0.4
HIGHEST: Final = 0.95
"""The range of the setting ``dedupe_threshold``."""


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What an article turned out to be.

    Attributes:
        article: The record that the pipeline would publish: `UniqueArticle` with its ``revision``,
            or `DuplicateArticle` with ``change``, ``method`` and ``group``.
        key: The article's key: its id, or what `Deduplicator.add_text` was given.
        duplicate_of: Key of the article it repeats; its own key if its text is unchanged, or if
            it turned out to be the original of copies seen before; None if it is new or a revision.
        similarity: Of both texts, 0 to 1; 0 if it repeats none.
    """

    article: UniqueArticle | DuplicateArticle
    key: str
    duplicate_of: str | None
    similarity: float

    @property
    def is_duplicate(self) -> bool:
        """Whether another article, or this one before, had the same text."""
        return self.duplicate_of is not None


class Deduplicator:
    """Articles seen so far, and the comparison of each new one with them.

    The same code as the stage ``dedupe``: texts that are equal or nearly so, also where one is part
    of the other, within a horizon of time. Not safe for use by several threads at once.

    Args:
        horizon: How far apart in publication time two articles may be to be compared.
        max_articles: How many are remembered; the oldest are forgotten.
        threshold: From which similarity on a text is a copy, 0.4 to 0.95.

    Examples:
        >>> seen = Deduplicator()
        >>> seen.add_text("The bridge in Hamburg was reopened on Monday.", key="a").is_duplicate
        False
        >>> copy = seen.add_text("The bridge in Hamburg was reopened on Monday.", key="b")
        >>> copy.duplicate_of, copy.similarity
        ('a', 1.0)
    """

    def __init__(
        self,
        *,
        horizon: timedelta = HORIZON,
        max_articles: int = MAX_ARTICLES,
        threshold: float = THRESHOLD,
    ) -> None:
        """Start with nothing seen.

        Raises:
            UsageError: If ``max_articles`` or ``threshold`` cannot be used.
        """
        if max_articles < 1 or not LOWEST <= threshold <= HIGHEST:
            raise UsageError(
                f"Deduplicator: max_articles must be at least 1 and threshold from {LOWEST} to "
                f"{HIGHEST}, not {max_articles} and {threshold}"
            )
        self._memories = ArticleMemory(
            horizon=horizon, max_articles=max_articles, threshold=threshold
        )
        self._keys: dict[str, str] = {}
        self._n_added = 0

    def __len__(self) -> int:
        """Return how many articles are remembered."""
        return len(self._memories)

    def add(self, article: CleanArticle) -> Deduplicated:
        r"""Compare an article with those seen so far, and remember it.

        Args:
            article: As `read_page` returns it. Its ``id``, made from its URL, is its key: the same
                id again is the same article, in a new version if its text has changed.

        Raises:
            TypeError: If ``article`` is none; a plain text goes to `add_text`.
            UsageError: If its ``id`` is not a UUID, or one of its times has no time zone.

        Examples:
            >>> from streams.library.page import read_page
            >>> page = "Rain in Hamburg\n\nRain is expected in Hamburg on Monday and on Tuesday."
            >>> seen = Deduplicator()
            >>> first = seen.add(read_page(page, url="https://news.test/rain"))
            >>> copy = seen.add(read_page(page, url="https://other.test/weather/7"))
            >>> copy.duplicate_of == first.key
            True
        """
        if not isinstance(article, CleanArticle):
            name = type(article).__name__
            raise TypeError(f"Deduplicator.add: article is {name}, not CleanArticle; see add_text")
        try:
            UUID(article.id)
            event_time(article).astimezone(UTC)
            naive = article.fetched.tzinfo is None
        except (TypeError, ValueError):
            naive = True
        if naive:
            raise UsageError("Deduplicator.add: id must be a UUID, and times need a time zone")
        origin = Origin(RAW.name, 0, self._n_added)
        self._n_added += 1
        decision = dedupe_article(article, self._memories, origin=origin)
        record, key = decision.outcome.record, self._key(article.id)
        other = self._key(record.duplicate_of) if isinstance(record, DuplicateArticle) else None
        similarity = record.similarity if isinstance(record, DuplicateArticle) else 0.0
        for forgotten in decision.forget:
            self._keys.pop(forgotten, None)
        return Deduplicated(record, key, other, similarity)

    def add_text(
        self, text: str, *, key: str = "", title: str = "", published: datetime | None = None
    ) -> Deduplicated:
        """Compare a plain text with what was seen so far, and remember it.

        Args:
            text: The text, without the title.
            key: Your name for it: the same key again is the same article, in a new version if its
                text has changed. Empty: its running number: ``"#1"`` and so on.
            title: Its headline.
            published: When it was published, aware. None: now.

        Raises:
            UsageError: If ``published`` has no time zone.
            TypeError: If ``text`` is no text.

        Examples:
            >>> seen = Deduplicator()
            >>> first = seen.add_text("Rain is expected in Hamburg on Monday.", key="weather")
            >>> again = seen.add_text("Snow is expected in Kiel on Friday.", key="weather")
            >>> again.is_duplicate, again.article.revision.number
            (False, 2)
        """
        if not isinstance(text, str):
            raise TypeError(f"Deduplicator.add_text: text is {type(text).__name__}, not str")
        if published is not None and published.tzinfo is None:
            raise UsageError("Deduplicator.add_text: published has no time zone")
        key = sound(key) or f"#{self._n_added + 1}"
        title, text = sound(title), sound(text)
        id_ = article_id(source=SOURCE, external_id=key)
        self._keys[id_] = key
        precision = TimePrecision.UNKNOWN if published is None else TimePrecision.SECOND
        article = CleanArticle(
            id=id_,
            source=SOURCE,
            fetched=datetime.now(UTC),
            title=title,
            text=text,
            published=PublicationTime(time=published, precision=precision),
            language=detect_language(title, text),
        )
        return self.add(article)

    def _key(self, id_: str) -> str:
        return self._keys.get(id_, id_)
