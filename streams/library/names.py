"""Find the people, organizations and places that a text names."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Final

from streams.clean.metadata.language import detect_language
from streams.library.page import SOURCE, sound
from streams.outcome import Emit
from streams.processors.names_model import installed_tagger
from streams.records import CleanArticle, Entity, Language, Mention, UniqueArticle, article_id
from streams.tag.article import Tagger, tag_article

_ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""Fetch time of the record, which needs one; names do not depend on it."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names found in a text.

    Attributes:
        entities: Persons, organizations and places named, the most salient first.
        mentions: Positions of the names, in order and without overlap; offsets count characters in
            the title or the text.
    """

    entities: tuple[Entity, ...]
    mentions: tuple[Mention, ...]


def find_names(text: str | CleanArticle, *, title: str = "", language: str = "") -> Names:
    """Find the names in a text and link them to Wikidata and GeoNames.

    Uses the code of the stage ``tag``. The first call loads the data, which takes about a second
    and 130 MB.

    Args:
        text: A plain text, or an article as returned by `read_page`.
        title: Headline of the text; names in it are more salient.
        language: ISO 639-1 code; detected by default.

    Returns:
        Entities with ``id`` (``Q…``, ``geonames:…``, or ``local:…`` for an entity that is in
        neither), ``name``, ``type``, ``count``, ``salience``; and their mentions with ``start``,
        ``end``, ``surface``, ``entity_id``.

    Raises:
        TypeError: If ``text`` is neither a ``str`` nor a `CleanArticle`.

    Examples:
        >>> names = find_names("Angela Merkel spoke in Hamburg. Merkel then left for Paris.")
        >>> [(entity.id, entity.name, entity.type.value) for entity in names.entities][:2]
        [('Q567', 'Angela Merkel', 'person'), ('Q1055', 'Hamburg', 'gpe')]
        >>> [mention.surface for mention in names.mentions]
        ['Angela Merkel', 'Hamburg', 'Merkel', 'Paris']
    """
    if isinstance(text, CleanArticle):
        title, body, text_language = text.title, text.text, text.language
    elif isinstance(text, str):
        title, body = sound(title), sound(text)
        text_language = Language(code=language) if language else detect_language(title, body)
    else:
        raise TypeError(f"find_names: text is {type(text).__name__}, not str or CleanArticle")
    id_ = article_id(title=title, body=body.encode())
    article = UniqueArticle(
        id=id_,
        group_id=id_,
        source=SOURCE,
        fetched=_ANY_TIME,
        title=title,
        text=body,
        language=text_language,
    )
    outcome = tag_article(article, _tagger())
    assert isinstance(outcome, Emit)  # noqa: S101  # `tag_article` tags everything
    return Names(outcome.record.entities, outcome.record.mentions)


@cache
def _tagger() -> Tagger:
    return installed_tagger()
