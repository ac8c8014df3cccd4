"""Repeat labeled sentences with other names, because permissive corpora contain few names.

Mentions of people get a random first name and surname, or the name of a known person; half of the
organizations get the name of a known organization. Places keep their names: replacing them too cost
3 points of F1 on places (PUD news, 2026-12-01).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, Self

from streams.evaluate.conll import Sentence, tagged_spans
from streams.tag.article import Tagger

KNOWN_PEOPLE: Final = 0.3
"""Share of full names that are those of known persons; the others are most likely unknown."""

ORGANIZATIONS: Final = 0.5
"""Share of organizations that get another name."""

_FULL_NAME: Final = (2, 3)
"""Least and most words of the known names that are used."""


@dataclass(frozen=True, kw_only=True)
class OtherNames:
    """Names to choose from, each as its words.

    Attributes:
        people: Full names of known persons.
        first_names: First names of many countries.
        surnames: Last words of ``people``.
        organizations: Names of known organizations.
    """

    people: Sequence[Sequence[str]]
    first_names: Sequence[str]
    surnames: Sequence[str]
    organizations: Sequence[Sequence[str]]

    @classmethod
    def of(cls, tagger: Tagger) -> Self:
        """Collect the names in ASCII that the knowledge base finds in text, in a fixed order."""
        patterns, kinds = tagger.knowledge.patterns()
        names = sorted(
            (pattern, kind)
            for pattern, kind in zip(patterns, kinds, strict=True)
            if pattern.isascii()
        )
        least, most = _FULL_NAME
        people = [
            words
            for name, kind in names
            if kind == "p" and least <= len(words := name.split()) <= most
            if all(word[0].isupper() for word in words)
        ]
        return cls(
            people=people,
            first_names=sorted(name for name in tagger.words.first_names if name.isascii()),
            surnames=sorted({words[-1] for words in people}),
            organizations=[name.split() for name, kind in names if kind in "oO"],
        )

    def other(self, kind: str, words: Sequence[str], random: Random) -> Sequence[str]:
        """Return another name for a mention, or its own words."""
        if kind == "PER" and len(words) == 1:
            return [random.choice(self.surnames)]
        if kind == "PER" and random.random() < KNOWN_PEOPLE:
            return random.choice(self.people)
        if kind == "PER":
            return [random.choice(self.first_names), random.choice(self.surnames)]
        if kind == "ORG" and random.random() < ORGANIZATIONS:
            return random.choice(self.organizations)
        return words


def with_other_names(
    words: Sequence[str], tags: list[str], names: OtherNames, random: Random
) -> Sentence:
    """Return a sentence with other names, and its tags.

    Examples:
        >>> people = {"people": [["Ann", "Lee"]], "first_names": ["Ann"], "surnames": ["Lee"]}
        >>> names = OtherNames(**people, organizations=[["UN"]])
        >>> tags = ["B-PER", "I-PER", "O", "B-LOC"]
        >>> with_other_names(["Jo", "Roe", "left", "Rome"], tags, names, Random(0))
        (['Ann', 'Lee', 'left', 'Rome'], ['B-PER', 'I-PER', 'O', 'B-LOC'])
    """
    new_words: list[str] = []
    new_tags: list[str] = []
    at = 0
    for span in tagged_spans(tags):
        name = names.other(span.kind, words[span.start : span.end], random)
        new_words += [*words[at : span.start], *name]
        new_tags += [*tags[at : span.start], f"B-{span.kind}"]
        new_tags += [f"I-{span.kind}"] * (len(name) - 1)
        at = span.end
    return [*new_words, *words[at:]], [*new_tags, *tags[at:]]
