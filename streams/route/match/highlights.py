"""An article and clauses in, the stretches of title and text that they match out."""

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from streams.records import EnrichedArticle, Field, Highlight
from streams.route.match.facts import Article, ArticleFacts
from streams.route.match.positions import WordPositions, clause_spans
from streams.route.query.ast import WORD_FIELDS, QueryClause, QueryField
from streams.route.query.normalize import normalize_text, normalized_words, padded_words

MAX_HIGHLIGHTS = 20
"""As many as a reader can take in; an alert stays small."""

WordSpan = tuple[str, int, int]
"""A word as searching compares it, and where it stands: first character, one past the last."""


def word_spans(text: str) -> list[WordSpan]:
    """List the words of a text with their places in it.

    The same words as `streams.route.query.normalize.normalized_words` returns; where one
    character becomes several words, all have its place.

    Examples:
        >>> word_spans("Über  Łódź!")
        [('uber', 0, 4), ('lodz', 6, 10)]
    """
    return [
        (word, at + start, at + end)
        for chunk, at in _chunks(text)
        for word, start, end in _chunk_spans(chunk)
    ]


def find_highlights(
    article: Article, facts: ArticleFacts, clauses: Iterable[QueryClause]
) -> tuple[Highlight, ...]:
    """Find where clauses match.

    Args:
        article: What they matched.
        facts: Of this article.
        clauses: Those that hold.

    Returns:
        The first `MAX_HIGHLIGHTS`, title first, in order, without overlap.
    """
    some = tuple(clauses)
    in_title = _in_words(article.title, facts.title_places, some, QueryField.TITLE)
    in_text = _in_words(article.text, facts.text_places, some, QueryField.TEXT)
    for clause in some:
        if clause.field is QueryField.ENTITY and isinstance(article, EnrichedArticle):
            for mention in _mentions(article, clause):
                into = in_title if mention[0] is Field.TITLE else in_text
                into.append(mention[1:])
    return tuple(
        Highlight(field=field, start=start, end=end)
        for field, found in ((Field.TITLE, in_title), (Field.TEXT, in_text))
        for start, end in _joined(found)
    )[:MAX_HIGHLIGHTS]


def _in_words(
    text: str, places: WordPositions, clauses: Sequence[QueryClause], field: QueryField
) -> list[tuple[int, int]]:
    found = [
        span
        for clause in clauses
        if clause.field in WORD_FIELDS and clause.field in {field, QueryField.ANY}
        for span in clause_spans(clause)(places)
    ]
    if not found:
        return []
    spans = word_spans(text)
    return [(spans[first][1], spans[last][2]) for first, last in found]


def _mentions(article: EnrichedArticle, clause: QueryClause) -> Iterator[tuple[Field, int, int]]:
    beginning = padded_words(clause.value).removesuffix(" ")
    meant = {
        entity.id
        for entity in article.entities
        if clause.value.lower() in {name.lower() for name in (entity.id, *entity.also)}
        or padded_words(entity.name) == padded_words(clause.value)
        or (clause.prefix and padded_words(entity.name).startswith(beginning))
    }
    for mention in article.mentions:
        if mention.entity_id in meant:
            yield mention.field, mention.start, mention.end


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sort spans and join those that overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _chunks(text: str) -> Iterator[tuple[str, int]]:
    """Cut a text at white space, which nothing joins across."""
    at = 0
    for chunk in text.split():
        at = text.index(chunk, at)
        yield chunk, at
        at += len(chunk)


def _chunk_spans(chunk: str) -> Iterator[WordSpan]:
    found = normalized_words(chunk)
    plain = normalize_text(chunk)
    ends = _ends(chunk)
    if len(plain) != ends[-1]:  # folded as a whole it is another text: rare marks, Hangul parts
        yield from ((word, 0, len(chunk)) for word in found)
        return
    at = 0
    for word in found:
        at = plain.index(word, at)
        first, last = bisect_left(ends, at + 1), bisect_left(ends, at + len(word))
        yield word, first, _with_marks(chunk, last + 1)
        at += len(word)


def _ends(chunk: str) -> list[int]:
    """Give, for each character, where its folded text ends when each is folded alone."""
    ends, total = [], 0
    for character in chunk:
        total += len(normalize_text(character))
        ends.append(total)
    return ends


def _with_marks(chunk: str, end: int) -> int:
    """Take in the marks that stand on the last character."""
    while end < len(chunk) and unicodedata.combining(chunk[end]):
        end += 1
    return end
