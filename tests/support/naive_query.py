"""The meaning of queries in slow and simple code: an oracle for compiled queries.

It reads the record itself, word by word. It shares with the code under test only the readings of
texts and values, and the parsing of periods.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from urllib.parse import urlsplit

from streams.records import EnrichedArticle
from streams.route.query.ast import And, Near, Not, Or, Query, QueryClause, QueryField
from streams.route.query.forms import value_forms
from streams.route.query.normalize import compounds, fold_text, normalized_words
from streams.route.query.period import parse_period
from streams.route.query.readings import WordSpan, altered_words, reading_spans, written_word

LEVELS = "/>|;,·»›:"


def holds(query: Query, article: EnrichedArticle) -> bool:
    """Return whether an article matches a query."""
    match query:
        case QueryClause():
            return clause_holds(query, article)
        case Not(part=part):
            return not holds(part, article)
        case And(parts=parts):
            return all(holds(part, article) for part in parts)
        case Or(parts=parts):
            return any(holds(part, article) for part in parts)


def clause_holds(clause: QueryClause, article: EnrichedArticle) -> bool:
    """Return whether an article matches a clause."""
    match clause.field:
        case QueryField.ANY | QueryField.TITLE | QueryField.TEXT:
            fields = ("title", "text") if clause.field == "any" else (clause.field,)
            return any(occurs(clause, getattr(article, field)) for field in fields)
        case QueryField.ENTITY:
            ids = [name for entity in article.entities for name in (entity.id, *entity.also)]
            by_id = not clause.prefix and clause.value.lower() in [id_.lower() for id_ in ids]
            return by_id or any(is_named(clause, entity.name) for entity in article.entities)
        case QueryField.SOURCE:
            names = (article.source, article.agency, article.site.name)
            return any(is_named(clause, name) for name in names)
        case QueryField.TOPIC:
            return any(is_named(clause, name) for name in levels(article.section))
        case _:
            return label_holds(clause, article)


def label_holds(clause: QueryClause, article: EnrichedArticle) -> bool:
    """Return whether an article has a label."""
    match clause.field:
        case QueryField.TYPE:
            return clause.value in [entity.type for entity in article.entities]
        case QueryField.LANGUAGE:
            return clause.value == article.language.code
        case QueryField.DOMAIN:
            hosts = [urlsplit(article.url).hostname or "", article.site.domain.lower()]
            wanted = clause.value.split(".")
            return any(host.split(".")[-len(wanted) :] == wanted for host in hosts)
        case QueryField.PUBLISHED:
            start, end = parse_period(clause.value)
            return start <= (article.published.time or article.fetched) < end
        case _:
            return clause.value == ("new" if article.revision.number == 1 else "revision")


def levels(section: str) -> Iterator[str]:
    """Yield a section as a whole, and each of its parts between separators."""
    yield section
    level = ""
    for character in f"{section}/":
        if character in LEVELS:
            yield level
            level = ""
        else:
            level += character


def is_named(clause: QueryClause, name: str) -> bool:
    """Return whether a name is that of the clause, or starts with it."""
    words, wanted = normalized_words(name), normalized_words(clause.value)
    if not clause.prefix:
        return words == wanted and bool(words)
    return len(words) >= len(wanted) and all(
        map(same, words, wanted, [False] * (len(wanted) - 1) + [True])
    )


def same(word: str, wanted: str, prefix: bool) -> bool:  # noqa: FBT001  # one of three of map
    """Return whether a word is the wanted one, or starts with it."""
    return word.startswith(wanted) if prefix else word == wanted


def occurs(clause: QueryClause, text: str) -> bool:
    """Return whether a clause about words holds in a text, in one of its readings."""
    near = clause.near
    first, *others = reading_spans(text)
    if not has_altered_word(clause, text):
        others = []
    for spans in (first, *others):
        found = list(value_occurrences(clause, text, spans, clause.slop))
        if near is None:
            if found:
                return True
            continue
        second = list(value_occurrences(near, text, spans, 0))
        if any(
            0 <= right[0] - left[1] - 1 <= near.within
            for span, other in product(found, second)
            for left, right in ((span, other), (other, span))
        ):
            return True
    return False


def has_altered_word(clause: QueryClause, text: str) -> bool:
    """Return whether a text can be read in another way where a word of the clause is."""
    altered = altered_words(compounds(fold_text(text)))
    return any(
        same(word, part, value.prefix and number == len(form.words) - 1)
        for value in (clause, clause.near)
        if value
        for form in value_forms(value.value, exact=value.exact)
        for number, part in enumerate(form.words)
        for word in altered
    )


def value_occurrences(
    value: QueryClause | Near, text: str, spans: Sequence[WordSpan], slop: int
) -> Iterator[tuple[int, int]]:
    """Yield the occurrences of each form of a value in one reading of a text."""
    words = [word for word, _, _ in spans]
    written = [written_word(text[start:end]) for _, start, end in spans]
    for form in value_forms(value.value, exact=value.exact):
        for first, last, chosen in occurrences(words, form.words, slop, prefix=value.prefix):
            parts = form.written or ()
            ends = [False] * (len(parts) - 1) + [value.prefix]
            if all(
                same(written[at], part, prefix)
                for at, part, prefix in zip(chosen, parts, ends, strict=False)
            ):
                yield first, last


def occurrences(
    words: Sequence[str], wanted: Sequence[str], slop: int, *, prefix: bool
) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """Yield first and last index and all indexes of every occurrence in order.

    There are up to ``slop`` other words between those of an occurrence.
    """
    places = [
        [
            index
            for index, word in enumerate(words)
            if same(word, part, prefix and number == len(wanted) - 1)
        ]
        for number, part in enumerate(wanted)
    ]
    for chosen in ways(places):
        if chosen[-1] - chosen[0] + 1 - len(chosen) <= slop:
            yield chosen[0], chosen[-1], chosen


def ways(places: Sequence[Sequence[int]], after: int = -1) -> Iterator[tuple[int, ...]]:
    """Yield every ascending choice of one index each; for 橋 60 times there are 2**60 products."""
    if not places:
        yield ()
        return
    for place in places[0]:
        if place > after:
            for rest in ways(places[1:], place):
                yield (place, *rest)
