"""Parse the sample articles by which a rule is tested, the ``[[route.test]]`` tables."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from streams.errors import did_you_mean
from streams.route.match.facts import ArticleFacts, section_topics
from streams.route.match.indexed_text import IndexedText
from streams.route.query.ast import ArticleKind
from streams.route.query.normalize import padded_words
from streams.route.query.period import parse_period

TEXTS = ("title", "text", "source", "domain", "language", "kind", "section")
"""Keys whose value is a text."""

LISTS = ("entities", "types")
"""Keys whose value is a list of texts."""

KEYS = (*TEXTS, *LISTS, "published", "wanted")
"""Keys of a ``[[route.test]]`` table."""

DEFAULT_PUBLISHED = datetime(2026, 1, 1, tzinfo=UTC)
"""Publication time of a sample without one."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A sample article and the expected decision of a rule.

    Attributes:
        title: The sample's title, or the beginning of its text.
        facts: Facts that a query can test.
        wanted: Whether the rule is expected to match the sample.
        line: Line of the file, counted from 1.
    """

    title: str
    facts: ArticleFacts
    wanted: bool
    line: int


class SampleError(ValueError):
    """A sample has an unknown key or an invalid value.

    Attributes:
        key: The key that is wrong.
    """

    def __init__(self, key: str, problem: str) -> None:
        self.key = key
        super().__init__(problem)


def parse_sample(table: Mapping[str, Any], *, line: int) -> Sample:
    """Parse a sample.

    Args:
        table: The decoded TOML table.
        line: Line of the file, counted from 1.

    Raises:
        SampleError: If a key is unknown or its value invalid.

    Examples:
        >>> bridge = parse_sample({"title": "Bridge opens", "entities": ["Q64"]}, line=4)
        >>> bridge.wanted, bridge.facts.title.source, bridge.facts.entity_ids
        (True, 'Bridge opens', frozenset({'q64'}))
    """
    for key, value in table.items():
        if key not in KEYS:
            raise SampleError(
                key, f"unknown key {key!r}; expected {', '.join(KEYS)}{did_you_mean(key, KEYS)}"
            )
        if not _CHECKS.get(key, _is_text)(value):
            raise SampleError(key, f"`{key}` = {value!r} is not a valid value of a test")
    if not (table.get("title") or table.get("text")):
        raise SampleError("title", "a test without title and text; expected one of them")
    return Sample(
        title=table.get("title") or table["text"][:60],
        facts=_facts(table),
        wanted=table.get("wanted", True),
        line=line,
    )


def _facts(table: Mapping[str, Any]) -> ArticleFacts:
    entities = table.get("entities", ())
    return ArticleFacts(
        kind=ArticleKind(table.get("kind", "new")),
        time=_publication_time(table.get("published")),
        language=table.get("language", "und"),
        title=IndexedText(table.get("title", "")),
        text=IndexedText(table.get("text", "")),
        entity_ids=frozenset(name.lower() for name in entities),
        entity_names=tuple(padded_words(name) for name in entities),
        entity_types=frozenset(table.get("types", ())),
        sources=tuple(padded_words(name) for name in (table.get("source"),) if name),
        topics=section_topics(table.get("section", "")),
        hosts=tuple(f".{name.lower()}" for name in (table.get("domain"),) if name),
    )


def _publication_time(published: str | date | datetime | None) -> datetime:
    match published:
        case None:
            return DEFAULT_PUBLISHED
        case datetime():
            return published if published.tzinfo else published.replace(tzinfo=UTC)
        case date():
            return datetime.combine(published, time(), tzinfo=UTC)
        case str():
            return parse_period(published)[0]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _is_time(value: Any) -> bool:
    if not isinstance(value, str):
        return isinstance(value, date)
    try:
        return bool(parse_period(value))
    except ValueError:
        return False


_CHECKS: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(LISTS, _is_list),
    "kind": lambda value: value in set(ArticleKind),
    "published": _is_time,
    "wanted": lambda value: isinstance(value, bool),
}
