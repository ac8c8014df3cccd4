"""What an article says as a whole: which countries it names, and what stands near a name."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from streams.records.enriched import Field
from streams.tag.gazetteer import Span
from streams.tag.knowledge import Knowledge
from streams.tag.link.sports import sport_of

OFFICES: Mapping[str, str] = {
    "president": "president",
    "presidents": "president",
    "premier": "minister",
    "minister": "minister",
    "chancellor": "chancellor",
    "secretary": "secretary",
    "secy": "secretary",
    "senator": "senator",
    "sen": "senator",
    "congressman": "representative",
    "congresswoman": "representative",
    "representative": "representative",
    "rep": "representative",
    "governor": "governor",
    "gov": "governor",
    "mayor": "mayor",
    "king": "king",
    "queen": "monarch",
    "emperor": "emperor",
    "ambassador": "ambassador",
    "envoy": "ambassador",
    "speaker": "speaker",
    "chairman": "chairman",
    "director": "director",
    "leader": "",
    "counterpart": "",
    "diplomat": "",
    "lawmaker": "legislator",
    "mp": "legislator",
}
"""Word for an office to the word that its holders' notes have; empty: any office will do."""

_WORD = re.compile(r"[^\W\d_]+")
_NEAR = 60
"""Characters before a name in which its office and country stand: some ten words."""


_WITH_FIRST_NAMES = frozenset(
    ["prince", "princess", "king", "queen", "pope", "saint", "st", "brother", "sister", "father"]
)
"""Titles that go with a first name alone."""


def _is_country(code: str) -> bool:
    return len(code) == 2  # noqa: PLR2004  # ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True)
class Nearby:
    """What stands before a name in its sentence.

    Attributes:
        offices: Words of `OFFICES`' values; ``*`` for one that fits any.
        countries: Codes of countries and peoples named there.
    """

    offices: frozenset[str]
    countries: frozenset[str]


class ArticleContext:
    """The texts of an article with the countries that they name."""

    def __init__(
        self,
        texts: Mapping[Field, str],
        spans: Mapping[Field, Sequence[Span]],
        knowledge: Knowledge,
    ) -> None:
        """Look up the country of every place and people found."""
        self.texts = texts
        self.sport = sport_of("\n".join(texts.values()))
        self._places: list[tuple[Field, int, str]] = []
        self.countries: Counter[str] = Counter()
        for field, found in spans.items():
            for span in found:
                if span.kind in "gnl":
                    candidates = knowledge.candidates(texts[field][span.start : span.end])
                    for code in candidates[0].countries if candidates else ():
                        self._places.append((field, span.start, code))
                        self.countries[code] += 1

    def spoken_of(self, field: Field, start: int) -> list[str]:
        """Give the country a name at this place is likely of: the one before it, or the most named.

        Returns:
            Codes, several if they are named as often; empty if no country is named.
        """
        near = sorted(code for code in self.before(field, start).countries if _is_country(code))
        if len(near) == 1:
            return near
        counts = {code: n for code, n in self.countries.items() if _is_country(code)}
        most = max(counts.values(), default=0)
        return sorted(code for code, n in counts.items() if n == most)

    def is_first_name(self, field: Field, start: int) -> bool:
        """Whether a name at this place is a first name by what stands before it: Prince Charles."""
        words = self.texts[field][max(0, start - _NEAR) : start].split()
        return bool(words) and words[-1].rstrip(".").casefold() in _WITH_FIRST_NAMES

    def before(self, field: Field, start: int) -> Nearby:
        """Say which offices and countries stand in the sentence before a name."""
        text = self.texts[field]
        first = max(
            0, start - _NEAR, text.rfind("\n", 0, start) + 1, text.rfind(". ", 0, start) + 1
        )
        words = [word.casefold() for word in _WORD.findall(text[first:start])]
        offices = {OFFICES[word] or "*" for word in words if word in OFFICES}
        countries = {code for f, at, code in self._places if f is field and first <= at < start}
        return Nearby(frozenset(offices), frozenset(countries))
