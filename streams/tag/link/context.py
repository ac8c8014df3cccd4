"""Collect the context of names: the article's countries and sport, and the words near a name."""

import re
from bisect import bisect_left
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
"""Word for an office to the word in its holders' notes; an empty word fits any office."""

_WORD = re.compile(r"[^\W\d_]+")
_NEAR = 60
"""Characters before a name that are searched for its office and country: about ten words."""

_WITH_FIRST_NAMES = frozenset(
    ["prince", "princess", "king", "queen", "pope", "saint", "st", "brother", "sister", "father"]
)
"""Titles that precede a first name without surname."""


def _is_country(code: str) -> bool:
    return len(code) == 2  # noqa: PLR2004  # ISO 3166-1 alpha-2


@dataclass(frozen=True, slots=True)
class Nearby:
    """Offices and countries before a name in its sentence.

    Attributes:
        offices: Values of `OFFICES`; ``*`` for one that fits any office.
        countries: Codes of the countries and peoples named there.
    """

    offices: frozenset[str]
    countries: frozenset[str]


class ArticleContext:
    """The texts of an article with the countries that they name.

    Args:
        texts: Title and text.
        spans: Names found in each text.
        knowledge: Known entities, which have the countries of places and peoples.

    Attributes:
        texts: Title and text.
        sport: Sport of the article, see `sport_of`.
        countries: Number of mentions by country code.
    """

    def __init__(
        self,
        texts: Mapping[Field, str],
        spans: Mapping[Field, Sequence[Span]],
        knowledge: Knowledge,
    ) -> None:
        self.texts = texts
        self.sport = sport_of("\n".join(texts.values()))
        self._places: dict[Field, list[tuple[int, str]]] = {field: [] for field in texts}
        self.countries: Counter[str] = Counter()
        for field, names in spans.items():
            for span in names:
                if span.kind in "gnl":
                    candidates = knowledge.candidates(texts[field][span.start : span.end])
                    for code in candidates[0].countries if candidates else ():
                        self._places[field].append((span.start, code))
                        self.countries[code] += 1
            self._places[field].sort()
        counts = {code: n for code, n in self.countries.items() if _is_country(code)}
        most = max(counts.values(), default=0)
        self._most_named = sorted(code for code, n in counts.items() if n == most)

    def likely_countries(self, field: Field, start: int) -> list[str]:
        """Return the likely country of a name: the one before it, or the most frequent one.

        Returns:
            Codes, several if they are equally frequent; empty if no country is named.
        """
        near = sorted(code for code in self.nearby(field, start).countries if _is_country(code))
        if len(near) == 1:
            return near
        return self._most_named

    def is_first_name(self, field: Field, start: int) -> bool:
        """Return whether the word before a name makes it a first name: Prince Charles."""
        words = self.texts[field][max(0, start - _NEAR) : start].split()
        return bool(words) and words[-1].rstrip(".").casefold() in _WITH_FIRST_NAMES

    def nearby(self, field: Field, start: int) -> Nearby:
        """Return the offices and countries before a name in its sentence."""
        text = self.texts[field]
        first = max(0, start - _NEAR)
        first = max(first, text.rfind("\n", first, start) + 1, text.rfind(". ", first, start) + 1)
        words = [word.casefold() for word in _WORD.findall(text[first:start])]
        offices = {OFFICES[word] or "*" for word in words if word in OFFICES}
        places = self._places[field]
        near = places[bisect_left(places, (first, "")) : bisect_left(places, (start, ""))]
        countries = {code for _, code in near}
        return Nearby(frozenset(offices), frozenset(countries))
