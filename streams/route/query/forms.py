"""Forms of a clause's value: the words that an article may have for it."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from streams.route.query.ast import Near, QueryClause
from streams.route.query.normalize import fold_text, pad
from streams.route.query.readings import reading_spans, word_readings, written_word

_INITIALS: Final = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")
_OUTER: Final = re.compile(r"^\W+|(?<=\w)\W+$")


@dataclass(frozen=True, slots=True)
class WordForm:
    """Adjacent words for which a clause looks.

    Attributes:
        words: The words, normalized.
        written: The same words with their case and accents, if these must be the same.
    """

    words: tuple[str, ...]
    written: tuple[str, ...] | None = None

    @property
    def padded(self) -> str:
        """The words with one space between, before and after them."""
        return pad(self.words)


@lru_cache(maxsize=10_000)
def value_forms(value: str, *, exact: bool = False) -> tuple[WordForm, ...]:
    """Return the forms of a value: one for each of its readings.

    Initials with points also stand for the abbreviation in capitals, but not for a word in small
    letters: ``U.S.`` for *US* and not for *us*.

    Examples:
        >>> [form.words for form in value_forms("e-mail")]
        [('e', 'mail'), ('email',)]
        >>> value_forms("U.S.")[1]
        WordForm(words=('us',), written=('US',))
        >>> value_forms("WHO", exact=True)
        (WordForm(words=('who',), written=('WHO',)),)
    """
    if exact:
        return tuple(
            WordForm(
                tuple(word for word, _, _ in spans),
                tuple(written_word(value[start:end]) for _, start, end in spans),
            )
            for spans in reading_spans(value)
        )
    forms = [WordForm(words) for words in word_readings(value)]
    if _INITIALS.fullmatch(_OUTER.sub("", fold_text(value))):
        return tuple(
            WordForm(form.words, (form.words[0].upper(),)) if len(form.words) == 1 else form
            for form in forms
        )
    return tuple(forms)


def clause_forms(clause: QueryClause | Near) -> tuple[WordForm, ...]:
    """Return the forms of a clause's value, or of the value that is near it."""
    return value_forms(clause.value, exact=clause.exact)


def canonical_value(value: str, *, exact: bool = False) -> str:
    """Return one spelling for all values with the same forms.

    Args:
        value: The value of a clause.
        exact: Whether case and accents must be as written.

    Examples:
        >>> canonical_value("E‐Mail an  MÜLLER!"), canonical_value("日・本")
        ('e-mail an müller', '日 本')
        >>> canonical_value("“U.S.” Navy", exact=True)
        'U.S Navy'
    """
    chunks = []
    for chunk in value.split():
        first, *others = value_forms(chunk, exact=exact) or (WordForm(()),)
        if others:
            chunks.append(_OUTER.sub("", chunk if exact else fold_text(chunk)))
        else:
            chunks.append(" ".join(first.written or first.words))
    spelled = " ".join(filter(None, chunks))
    return (
        spelled if value_forms(spelled, exact=exact) == value_forms(value, exact=exact) else value
    )
