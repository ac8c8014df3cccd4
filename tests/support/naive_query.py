"""What queries mean, as slowly and plainly as it can be said: an oracle for the compiled ones.

Reads the record itself, word by word; shares the spelling of words and periods with the code
under test, and nothing else.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from urllib.parse import urlsplit

from streams.records import EnrichedArticle
from streams.route.query.ast import And, Not, Or, Query, QueryClause, QueryField
from streams.route.query.normalize import normalized_words
from streams.route.query.period import parse_period

LEVELS = "/>|;,·»›:"


def holds(query: Query, article: EnrichedArticle) -> bool:
    """Whether an article meets a query."""
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
    """Whether an article meets a clause."""
    match clause.field:
        case QueryField.ANY | QueryField.TITLE | QueryField.TEXT:
            fields = ("title", "text") if clause.field == "any" else (clause.field,)
            return any(occurs(clause, getattr(article, field)) for field in fields)
        case QueryField.ENTITY:
            ids = [name for one in article.entities for name in (one.id, *one.also)]
            by_id = not clause.prefix and clause.value.lower() in [one.lower() for one in ids]
            return by_id or any(is_named(clause, one.name) for one in article.entities)
        case QueryField.SOURCE:
            names = (article.source, article.agency, article.site.name)
            return any(is_named(clause, name) for name in names)
        case QueryField.TOPIC:
            return any(is_named(clause, name) for name in levels(article.section))
        case _:
            return label_holds(clause, article)


def label_holds(clause: QueryClause, article: EnrichedArticle) -> bool:
    """Whether an article has a label."""
    match clause.field:
        case QueryField.TYPE:
            return clause.value in [one.type for one in article.entities]
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
    """All of a section, and what stands between its signs."""
    yield section
    level = ""
    for character in f"{section}/":
        if character in LEVELS:
            yield level
            level = ""
        else:
            level += character


def is_named(clause: QueryClause, name: str) -> bool:
    """Whether a name is the clause's, or begins so."""
    found, wanted = normalized_words(name), normalized_words(clause.value)
    if not clause.prefix:
        return found == wanted and bool(found)
    return len(found) >= len(wanted) and all(
        map(same, found, wanted, [False] * (len(wanted) - 1) + [True])
    )


def same(word: str, wanted: str, prefix: bool) -> bool:  # noqa: FBT001  # one of three of map
    """Whether a word is the wanted one, or begins so."""
    return word.startswith(wanted) if prefix else word == wanted


def occurs(clause: QueryClause, text: str) -> bool:
    """Whether a clause about words holds in a text."""
    there = normalized_words(text)
    spans = list(
        occurrences(there, normalized_words(clause.value), clause.slop, prefix=clause.prefix)
    )
    if clause.near is None:
        return bool(spans)
    near = clause.near
    others = list(occurrences(there, normalized_words(near.value), 0, prefix=near.prefix))
    return any(
        0 <= right[0] - left[1] - 1 <= near.within
        for one, other in product(spans, others)
        for left, right in ((one, other), (other, one))
    )


def occurrences(
    there: Sequence[str], wanted: Sequence[str], slop: int, *, prefix: bool
) -> Iterator[tuple[int, int]]:
    """First and last place of every way to find words in order, with so many others between."""
    places = [
        [
            place
            for place, word in enumerate(there)
            if same(word, one, prefix and number == len(wanted) - 1)
        ]
        for number, one in enumerate(wanted)
    ]
    for chosen in ways(places):
        if chosen[-1] - chosen[0] + 1 - len(chosen) <= slop:
            yield chosen[0], chosen[-1]


def ways(places: Sequence[Sequence[int]], after: int = -1) -> Iterator[tuple[int, ...]]:
    """Every choice of one place each, in order; all products would be 2**60 for 橋 60 times."""
    if not places:
        yield ()
        return
    for place in places[0]:
        if place > after:
            for rest in ways(places[1:], place):
                yield (place, *rest)
