"""Find the occurrences of clauses in a title or text, in all its readings."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from streams.route.match.indexed_text import IndexedText
from streams.route.match.positions import PositionSpan, near_spans, phrase_spans, places_of
from streams.route.query.ast import Near, QueryClause
from streams.route.query.forms import WordForm, clause_forms


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An occurrence of a clause, or of one of its two values.

    Attributes:
        reading: Index of the reading.
        first: Position of the first word in this reading.
        last: Position of the last word.
    """

    reading: int
    first: int
    last: int


Finder = Callable[[IndexedText, int], Iterator[PositionSpan]]
"""Finds the occurrences of a value in one reading of a text."""


def clause_occurrences(clause: QueryClause) -> Callable[[IndexedText], Iterator[Occurrence]]:
    """Return a function that finds the occurrences of a clause in a title or text.

    Readings but the first count only where one of the clause's words is one of those in which
    the readings differ; so that *Russia's* between two words counts as two words for all others.
    For two values that are near each other, the function yields both.

    Examples:
        >>> from streams.route.query.grammar import parse_query
        >>> found = clause_occurrences(parse_query("email"))
        >>> list(found(IndexedText("An e-mail")))
        [Occurrence(reading=1, first=1, last=1)]
    """
    find = _value_finder(clause, slop=clause.slop)
    if clause.near is not None:
        find = _near_finder(find, _value_finder(clause.near), clause.near.within)

    concerns = altered_check(clause)

    def occurrences(text: IndexedText) -> Iterator[Occurrence]:
        for first, last in find(text, 0):
            yield Occurrence(0, first, last)
        if concerns(text.altered):
            for reading in range(1, 1 + len(text.other_positions)):
                for first, last in find(text, reading):
                    yield Occurrence(reading, first, last)

    return occurrences


def occurrence_check(clause: QueryClause) -> Callable[[IndexedText], bool]:
    """Return a function that tells whether a clause occurs in a title or text."""
    find, concerns = _clause_finder(clause), altered_check(clause)
    whole = required_words(clause)

    def occurs(text: IndexedText) -> bool:
        if not whole <= text.words:
            return False
        for _ in find(text, 0):
            return True
        return concerns(text.altered) and any(
            True for reading in range(1, 1 + len(text.other_positions)) for _ in find(text, reading)
        )

    return occurs


def required_words(clause: QueryClause) -> frozenset[str]:
    """Return words that a title or text has, in some reading, wherever a clause occurs in it."""
    values: list[QueryClause | Near] = [clause, *([clause.near] if clause.near else [])]
    words: set[str] = set()
    for value in values:
        form, *others = clause_forms(value)
        if not others:
            words.update(form.words[:-1] if value.prefix else form.words)
    return frozenset(words)


def _clause_finder(clause: QueryClause) -> Finder:
    find = _value_finder(clause, slop=clause.slop)
    if clause.near is None:
        return find
    return _near_finder(find, _value_finder(clause.near), clause.near.within)


def altered_check(clause: QueryClause) -> Callable[[frozenset[str]], bool]:
    """Return a function that tells whether a clause has one of the altered words of a text."""
    values: list[QueryClause | Near] = [clause, *([clause.near] if clause.near else [])]
    whole: set[str] = set()
    prefixes: set[str] = set()
    for value in values:
        for form in clause_forms(value):
            *others, last = form.words
            whole.update(others)
            (prefixes if value.prefix else whole).add(last)
    beginnings = tuple(prefixes)
    if not beginnings:
        return lambda altered: not whole.isdisjoint(altered)

    def concerns(altered: frozenset[str]) -> bool:
        if not whole.isdisjoint(altered):
            return True
        return any(word.startswith(beginnings) for word in altered)

    return concerns


def _value_finder(value: QueryClause | Near, *, slop: int = 0) -> Finder:
    finders = [_form_finder(form, value.prefix, slop) for form in clause_forms(value)]
    if len(finders) == 1:
        return finders[0]

    def find(text: IndexedText, reading: int) -> Iterator[PositionSpan]:
        yield from sorted({span for finder in finders for span in finder(text, reading)})

    return find


def _form_finder(form: WordForm, prefix: bool, slop: int) -> Finder:  # noqa: FBT001  # of a clause
    def find(text: IndexedText, reading: int) -> Iterator[PositionSpan]:
        at = text.other_positions[reading - 1] if reading else text.positions
        places = places_of(at, form.words, prefix=prefix)
        if form.written is not None and all(places):
            places = _as_written(places, form.written, text.written[reading], prefix=prefix)
        return phrase_spans(places, slop=slop)

    return find


def _as_written(
    places: Sequence[Sequence[int]],
    wanted: Sequence[str],
    text: Sequence[str],
    *,
    prefix: bool,
) -> list[Sequence[int]]:
    """Keep the positions at which the words of a phrase are written as wanted."""
    *whole, last = wanted
    kept: list[Sequence[int]] = [
        [place for place in positions if text[place] == word]
        for positions, word in zip(places, whole, strict=False)
    ]
    ends = places[-1]
    kept.append([at for at in ends if text[at] == last or (prefix and text[at].startswith(last))])
    return kept


def _near_finder(left: Finder, right: Finder, within: int) -> Finder:
    def find(text: IndexedText, reading: int) -> Iterator[PositionSpan]:
        first = list(left(text, reading))
        yield from near_spans(first, list(right(text, reading)) if first else [], within)

    return find
