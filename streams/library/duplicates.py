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
"""Default number of remembered articles, a tenth of the pipeline's: up to 0.7 GB (7 KB per article,
measured 2026-12)."""

LOWEST: Final = 0.4
HIGHEST: Final = 0.95
"""The range of the setting ``dedupe_threshold``."""


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """The result of comparing an article with those seen before.

    Attributes:
        article: The record that the pipeline would publish: `UniqueArticle` with its ``revision``,
            or `DuplicateArticle` with ``change``, ``method`` and ``group``.
        key: Key of the article: its id, or the key passed to `Deduplicator.add_text`.
        duplicate_of: Key of the article that it repeats; its own key if its text is unchanged, or
            if it is the original of copies seen before; ``None`` for a new article or a revision.
        similarity: Similarity of both texts, 0 to 1; 0 for a new article or a revision.
    """

    article: UniqueArticle | DuplicateArticle
    key: str
    duplicate_of: str | None
    similarity: float

    @property
    def is_duplicate(self) -> bool:
        """Whether another article, or an earlier version of this one, had the same text."""
        return self.duplicate_of is not None


class Deduplicator:
    """Compares each article with those seen before, and remembers it.

    Uses the code of the stage ``dedupe``: it finds texts that are equal or nearly equal, also where
    one contains the other, within a horizon of time. Not thread-safe.

    Args:
        horizon: Largest distance in publication time at which two articles are compared.
        max_articles: Largest number of remembered articles; the oldest are forgotten.
        threshold: Similarity at or above which a text is a copy, 0.4 to 0.95.

    Raises:
        UsageError: If ``max_articles`` or ``threshold`` is out of range.

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
        if max_articles < 1 or not LOWEST <= threshold <= HIGHEST:
            raise UsageError(
                f"Deduplicator: max_articles must be at least 1 and threshold from {LOWEST} to "
                f"{HIGHEST}, not {max_articles} and {threshold}"
            )
        self._memory = ArticleMemory(
            horizon=horizon, max_articles=max_articles, threshold=threshold
        )
        self._keys: dict[str, str] = {}
        self._n_added = 0

    def __len__(self) -> int:
        """Return the number of remembered articles."""
        return len(self._memory)

    def add(self, article: CleanArticle) -> Deduplicated:
        r"""Compare an article with those seen before, and remember it.

        Args:
            article: An article as returned by `read_page`. Its ``id``, made from its URL, is its
                key: the same id again is the same article, and a new version if its text differs.

        Raises:
            TypeError: If ``article`` is not a `CleanArticle`; use `add_text` for a plain text.
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
            is_invalid = article.fetched.tzinfo is None
        except (TypeError, ValueError):
            is_invalid = True
        if is_invalid:
            raise UsageError("Deduplicator.add: id must be a UUID, and times need a time zone")
        origin = Origin(RAW.name, 0, self._n_added)
        self._n_added += 1
        decision = dedupe_article(article, self._memory, origin=origin)
        record, key = decision.outcome.record, self._key(article.id)
        other = self._key(record.duplicate_of) if isinstance(record, DuplicateArticle) else None
        similarity = record.similarity if isinstance(record, DuplicateArticle) else 0.0
        for forgotten in decision.forget:
            self._keys.pop(forgotten, None)
        return Deduplicated(record, key, other, similarity)

    def add_text(
        self, text: str, *, key: str = "", title: str = "", published: datetime | None = None
    ) -> Deduplicated:
        """Compare a plain text with those seen before, and remember it.

        Args:
            text: The text, without the title.
            key: Your name for the text: the same key again is the same article, and a new version
                if its text differs. Defaults to a running number, ``"#1"`` and so on.
            title: Headline of the text.
            published: Publication time, with time zone; defaults to now.

        Raises:
            UsageError: If ``published`` has no time zone.
            TypeError: If ``text`` is not a ``str``.

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
